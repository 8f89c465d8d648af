import { describe, expect, test } from "vitest";
import { scanOnnx } from "../../../electron/deployments/onnx/onnx-scan.ts";
import { readMetadata } from "../../../electron/deployments/onnx/model-metadata.ts";
import { encodeModel } from "../../helpers/models/onnx-builder.ts";

const classNamesOf = (key: string, text: string) => readMetadata({ [key]: text })?.classNames;

function modelWith(metadata: Readonly<Record<string, string>>): Uint8Array {
  const value = { name: "x", type: "float", shape: ["N", 2] } as const;
  const graph = { nodes: [{ op: "Relu", inputs: ["x"], outputs: ["y"] }], inputs: [value] };
  return encodeModel({ graph: { ...graph, outputs: [{ ...value, name: "y" }] }, metadata });
}

describe("the names of classes in a model's metadata", () => {
  test.each([
    ["names", "{0: 'person', 1: 'bicycle', 2: \"driver's seat\"}", ["person", "bicycle", "driver's seat"]],
    [
      "names",
      "{10: 'k', 9: 'j', 8: 'i', 7: 'h', 6: 'g', 5: 'f', 4: 'e', 3: 'd', 2: 'c', 1: 'b', 0: 'a'}",
      [..."abcdefghijk"],
    ],
    ["names", "['person', 'bicycle']", ["person", "bicycle"]],
    ["classes", '["cat","dog"]', ["cat", "dog"]],
    ["labels", '{"0": "no", "1": "yes"}', ["no", "yes"]],
    ["classes", "[0, 1, 2]", ["0", "1", "2"]],
    ["labels", "cat, dog", ["cat", "dog"]],
    ["labels", "cat\r\ndog, small", ["cat", "dog, small"]],
  ])("are read from %s: %s", (key, text, names) => {
    expect(classNamesOf(key, text)).toEqual(names);
  });

  test.each(["", "  ", "{0: 'a', 2: 'c'}", "{'a': 'b'}", "[['a']]", "[&a [x], *a]", "[".repeat(20_000)])(
    "are none in %.40s",
    (text) => {
      expect(classNamesOf("names", text)).toBeUndefined();
    },
  );

  test("are not taken from other keys", () => {
    expect(readMetadata({ author: "['a', 'b']" })).toBeUndefined();
  });
});

describe("what a model's metadata says of pictures", () => {
  test("is what ONNX names, and nothing else", () => {
    const said = { "Image.BitmapPixelFormat": "Bgr8", "Image.ColorSpaceGamma": "Linear" };
    expect(readMetadata({ ...said, "Image.NominalPixelRange": "Normalized_1_1" })).toEqual({
      pixelFormat: "Bgr8",
      gamma: "Linear",
      pixelRange: "Normalized_1_1",
    });
    expect(readMetadata({ "Image.BitmapPixelFormat": "Cmyk", "Image.NominalPixelRange": "" })).toBeUndefined();
  });
});

describe("a scan", () => {
  test("keeps the metadata that is used, and passes over what is too long", () => {
    const model = modelWith({ names: "['a']", author: "somebody", labels: "x".repeat(2 ** 20 + 1) });
    expect(scanOnnx(model).metadata).toEqual({ names: "['a']" });
  });

  test("finds settings for ONNX Runtime in it", () => {
    expect(scanOnnx(modelWith({ "session.intra_op": "8" })).findings).toMatchObject([{ kind: "settings" }]);
  });
});
