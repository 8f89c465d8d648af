/** A module of Python is imported as its source: the build puts it into the bundle. */
declare module "*.py" {
  const source: string;
  export default source;
}
