/**
 * Turns a picture of `step` bytes a pixel as its EXIF orientation asks. `width` and `height` are those of `bytes`; for
 * orientations 5 to 8 the result is `height` wide and `width` high.
 */
export function turnImage(bytes: Uint8Array, width: number, height: number, orientation: number, step = 3): Uint8Array {
  if (orientation === 1) return bytes;
  const isSideways = orientation >= 5;
  const result = new Uint8Array(bytes.length);
  const resultWidth = isSideways ? height : width;
  const resultHeight = isSideways ? width : height;
  for (let y = 0; y < resultHeight; y++) {
    for (let x = 0; x < resultWidth; x++) {
      const [fromX, fromY] = storedPlace(orientation, x, y, width, height);
      const from = (fromY * width + fromX) * step;
      const to = (y * resultWidth + x) * step;
      for (let at = 0; at < step; at++) result[to + at] = bytes[from + at] as number;
    }
  }
  return result;
}

/** Where the pixel that is shown at (x, y) is stored. */
function storedPlace(
  orientation: number,
  x: number,
  y: number,
  width: number,
  height: number,
): readonly [number, number] {
  switch (orientation) {
    case 2:
      return [width - 1 - x, y];
    case 3:
      return [width - 1 - x, height - 1 - y];
    case 4:
      return [x, height - 1 - y];
    case 5:
      return [y, x];
    case 6:
      return [y, height - 1 - x];
    case 7:
      return [width - 1 - y, height - 1 - x];
    case 8:
      return [width - 1 - y, x];
    default:
      return [x, y];
  }
}
