/** The source as text: the build puts it into the bundle. */
declare const source: string;
export default source;
