import { type Box, boxes, type FitRules, type PictureSize } from "./image-resize.ts";

/** Where a picture lies in what the model takes, turned as it is shown: its part `from` became the part `to`. */
export type PicturePlace = { readonly size: PictureSize; readonly from: Box; readonly to: Box };

/** Of a stored picture that is fitted into `width × height` and then turned as its EXIF orientation asks. */
export function picturePlace(
  size: PictureSize,
  width: number,
  height: number,
  rules: FitRules,
  orientation: number,
): PicturePlace {
  const { from, to: used, of } = boxes(size, width, height, rules);
  // What was cut off lies outside of what the model takes.
  const to = { ...of, left: used.left - of.left, top: used.top - of.top };
  return {
    size: orientation >= 5 ? { width: size.height, height: size.width } : size,
    from: turned(from, size, orientation),
    to: turned(to, { width, height }, orientation),
  };
}

/** Where a box of a stored picture of `size` is shown; the inverse of `storedPlace` in image-turn.ts. */
function turned({ left, top, width, height }: Box, size: PictureSize, orientation: number): Box {
  const right = size.width - left - width;
  const bottom = size.height - top - height;
  const upright = (x: number, y: number): Box => ({ left: x, top: y, width, height });
  const sideways = (x: number, y: number): Box => ({ left: x, top: y, width: height, height: width });
  switch (orientation) {
    case 2:
      return upright(right, top);
    case 3:
      return upright(right, bottom);
    case 4:
      return upright(left, bottom);
    case 5:
      return sideways(top, left);
    case 6:
      return sideways(bottom, left);
    case 7:
      return sideways(bottom, right);
    case 8:
      return sideways(top, right);
    default:
      return upright(left, top);
  }
}

/** A point of what the model takes, in pixels of the picture, kept inside it. */
export function inPicture({ size, from, to }: PicturePlace, x: number, y: number): readonly [number, number] {
  const inside = (value: number, most: number): number => Math.min(most, Math.max(0, value));
  return [
    inside(from.left + ((x - to.left) * from.width) / to.width, size.width),
    inside(from.top + ((y - to.top) * from.height) / to.height, size.height),
  ];
}
