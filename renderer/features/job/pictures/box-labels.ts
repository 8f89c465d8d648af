import type { ShownBox } from "../../../../electron/contract/nouns/pictures/row-pictures.ts";

/** Of more boxes only the chosen one has its label: they would hide the picture and each other. */
export const maxLabels = 15;
/** Pixels of the screen. */
export const labelHeight = 14;
const gap = 4;
const pixelsPerCharacter = 7;

/** Where the text of a label begins or ends, in pixels of the picture. */
export type LabelPlace = { readonly x: number; readonly y: number; readonly anchor: "start" | "end" };

/**
 * Above the box from its left side on; inside the box where there is no room above, and towards the left where there is none
 * to the right. `scale`: pixels of the screen for one of the picture.
 */
export function labelPlace(
  { x1, y1, x2 }: Pick<ShownBox, "x1" | "y1" | "x2">,
  text: string,
  picture: { readonly width: number },
  scale: number,
): LabelPlace {
  const y = y1 * scale >= labelHeight + gap ? y1 - gap / scale : y1 + labelHeight / scale;
  const isTooWide = x1 * scale + text.length * pixelsPerCharacter > picture.width * scale;
  // Towards the left it must not leave the picture either.
  const fitsLeft = x2 * scale >= text.length * pixelsPerCharacter;
  return isTooWide && fitsLeft
    ? { x: x2 - gap / scale, y, anchor: "end" }
    : { x: x1 + gap / scale, y, anchor: "start" };
}
