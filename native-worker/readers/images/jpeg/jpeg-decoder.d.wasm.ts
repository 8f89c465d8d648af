/** libjpeg-turbo, compiled by scripts/jpeg-decoder: the build puts it into the bundle. */
declare const bytes: Uint8Array<ArrayBuffer>;
export default bytes;
