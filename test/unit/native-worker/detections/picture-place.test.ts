import { describe, expect, test } from "vitest";
import { createPictureFitter } from "../../../../native-worker/readers/images/image-resize.ts";
import { turnImage } from "../../../../native-worker/readers/images/image-turn.ts";
import { inPicture, picturePlace } from "../../../../native-worker/readers/images/picture-place.ts";

const fitter = createPictureFitter();
const step = 3;

/** Red and green tell where a pixel of the picture is shown: `step` levels a pixel, blue is always 255. */
function storedRamp(width: number, height: number, orientation: number): Uint8Array {
  // The places are turned along: which of them lies where when the picture is shown.
  const places = Uint8Array.from({ length: width * height * 3 }, (_, at) => {
    const pixel = Math.floor(at / 3);
    return [pixel % width, Math.floor(pixel / width), 0][at % 3] as number;
  });
  const shown = turnImage(places, width, height, orientation);
  const shownWidth = orientation >= 5 ? height : width;
  const stored = new Uint8Array(width * height * 4);
  for (let pixel = 0; pixel < width * height; pixel++) {
    const [x = 0, y = 0] = shown.subarray(pixel * 3, pixel * 3 + 2);
    const ramp = [(pixel % shownWidth) * step, Math.floor(pixel / shownWidth) * step, 255, 255];
    stored.set(ramp, (y * width + x) * 4);
  }
  return stored;
}

describe("a point of what the model sees is where the picture shows the same", () => {
  const sizes = [
    [61, 40],
    [40, 61],
    [33, 34],
  ] as const;
  const all = (["stretch", "contain", "cover"] as const).flatMap((resize) =>
    [1, 2, 3, 4, 5, 6, 7, 8].map((orientation) => ({ resize, orientation })),
  );
  test.each(all)("$resize, EXIF orientation $orientation", ({ resize, orientation }) => {
    for (const [width, height] of sizes) {
      const size = { width, height };
      const [modelWidth, modelHeight] = [27, 22];
      const [across, down] = orientation >= 5 ? [modelHeight, modelWidth] : [modelWidth, modelHeight];
      fitter.pixels(size).set(storedRamp(width, height, orientation));
      const fitted = fitter.fit(size, across, down, { resize, pad: [0, 0, 0] }).slice();
      const seen = turnImage(fitted, across, down, orientation);
      const place = picturePlace(size, across, down, { resize }, orientation);
      let compared = 0;
      for (let y = 0; y < modelHeight; y++) {
        for (let x = 0; x < modelWidth; x++) {
          const [red = 0, green = 0, blue = 0] = seen.subarray((y * modelWidth + x) * 3);
          const isBorder = x < place.to.left || x >= place.to.left + place.to.width;
          const isEdge = y < place.to.top || y >= place.to.top + place.to.height;
          expect(blue === 0).toBe(isBorder || isEdge);
          if (blue === 0) continue;
          const [pictureX, pictureY] = inPicture(place, x + 0.5, y + 0.5);
          expect(Math.abs(red - (pictureX - 0.5) * step)).toBeLessThanOrEqual(1);
          expect(Math.abs(green - (pictureY - 0.5) * step)).toBeLessThanOrEqual(1);
          compared += 1;
        }
      }
      expect(compared).toBeGreaterThan(300);
    }
  });
});

test("a point beside the picture is put to its edge", () => {
  const place = picturePlace({ width: 100, height: 50 }, 64, 64, { resize: "contain" }, 1);
  expect(inPicture(place, -5, 3)).toEqual([0, 0]);
  expect(inPicture(place, 70, 63)).toEqual([100, 50]);
  expect(inPicture(place, 32, 32)).toEqual([50, 25]);
});

test("what a crop cuts off lies outside of what the model takes", () => {
  // 100 × 50 is resized to 128 × 64, of which the middle 32 × 32 is taken.
  const place = picturePlace({ width: 100, height: 50 }, 32, 32, { resize: "cover", resizeShorter: 64 }, 1);
  expect(inPicture(place, 16, 16)).toEqual([50, 25]);
  expect(inPicture(place, 0, 0)).toEqual([37.5, 12.5]);
  expect(inPicture(place, 32, 32)).toEqual([62.5, 37.5]);
});
