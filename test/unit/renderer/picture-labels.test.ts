import { describe, expect, it } from "vitest";
import { nextRow } from "../../../renderer/components/row-keys.ts";
import { labelHeight, labelPlace } from "../../../renderer/features/job/pictures/box-labels.ts";

describe("the label of a box", () => {
  const picture = { width: 1000 };
  const text = "bicycle 0.9";

  it("begins above the box, as large on the screen whatever the picture's size is", () => {
    for (const scale of [0.25, 1, 4]) {
      const box = { x1: 100, y1: 300, x2: 300 };
      const { x, y, anchor } = labelPlace(box, text, picture, scale);
      expect([(x - box.x1) * scale, (y - box.y1) * scale, anchor]).toEqual([4, -4, "start"]);
    }
  });

  it("is inside the box where there is no room above", () => {
    const { y } = labelPlace({ x1: 100, y1: 10, x2: 300 }, text, picture, 1);
    expect(y).toBe(10 + labelHeight);
    // On a larger screen there is.
    expect(labelPlace({ x1: 100, y1: 10, x2: 300 }, text, picture, 4).y).toBe(9);
  });

  it("ends at the box's right side where it would leave the picture", () => {
    expect(labelPlace({ x1: 950, y1: 300, x2: 1000 }, text, picture, 1)).toMatchObject({ x: 996, anchor: "end" });
    // It begins in the picture when both would leave it.
    const long = "x".repeat(200);
    expect(labelPlace({ x1: 950, y1: 300, x2: 1000 }, long, picture, 1)).toMatchObject({ anchor: "start" });
  });
});

describe("the keys of a list of rows", () => {
  it.each([
    ["ArrowDown", 3, 4],
    ["ArrowDown", 99, 99],
    ["ArrowUp", 0, 0],
    ["ArrowUp", 7, 6],
    ["ArrowDown", null, 0],
    ["PageDown", 3, 13],
    ["PageDown", 95, 99],
    ["PageUp", 3, 0],
    ["Home", 50, 0],
    ["End", 50, 99],
    ["Escape", 50, null],
    ["Escape", null, undefined],
    ["Enter", 50, undefined],
  ] as const)("%s at row %s goes to %s", (key, row, wanted) => {
    expect(nextRow(key, row, 100, 10)).toBe(wanted);
  });
});
