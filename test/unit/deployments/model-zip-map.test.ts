import { describe, expect, test } from "vitest";
import { bufferSource, forEachField } from "../../../electron/deployments/onnx/protobuf-wire.ts";
import { detachZipMaps } from "../../../electron/deployments/onnx/zip-map.ts";
import { denseModel, zipMapLabels, zipMapModel } from "../../helpers/models/model-fixtures.ts";
import { encodeModel } from "../../helpers/models/onnx-builder.ts";
import { floatMatrix, runModel } from "../../helpers/models/run-model.ts";

describe("a model that ends in ZipMap", () => {
  test("gives back the matrix under the same name, with its labels", async () => {
    const { bytes, labels } = detachZipMaps(zipMapModel());
    expect(labels).toEqual(new Map([["output_probability", [...zipMapLabels]]]));
    const scored = await runModel(bytes ?? new Uint8Array(), { float_input: floatMatrix([[1, 2, 3, 4]]) });
    expect(scored["output_probability"]?.dims).toEqual([1, 3]);
    const sum = (scored["output_probability"]?.values as number[]).reduce((total, value) => total + value, 0);
    expect(sum).toBeCloseTo(1, 5);
  });

  test("keeps whole-number labels, also negative and very long ones", () => {
    const model = encodeModel({
      opsets: { "ai.onnx.ml": 1 },
      graph: {
        nodes: [
          {
            op: "ZipMap",
            domain: "ai.onnx.ml",
            inputs: ["x"],
            outputs: ["y"],
            attributes: { classlabels_int64s: { ints: [-1, 2 ** 52, 7] } },
          },
        ],
        inputs: [{ name: "x", type: "float", shape: ["N", 3] }],
        outputs: [{ name: "y", mapKey: "int64", mapValue: "float" }],
      },
    });
    expect(detachZipMaps(model).labels.get("y")).toEqual(["-1", "4503599627370496", "7"]);
  });

  test("runs also when it imported nothing but ai.onnx.ml", async () => {
    const model = encodeModel({
      opsets: { "ai.onnx.ml": 1 },
      graph: {
        nodes: [
          {
            op: "ZipMap",
            domain: "ai.onnx.ml",
            inputs: ["x"],
            outputs: ["y"],
            attributes: { classlabels_strings: { strings: ["a", "b"] } },
          },
        ],
        inputs: [{ name: "x", type: "float", shape: ["N", 2] }],
        outputs: [{ name: "y", mapKey: "string", mapValue: "float" }],
      },
    });
    const bytes = detachZipMaps(model).bytes ?? new Uint8Array();
    const scored = await runModel(bytes, { x: floatMatrix([[0.25, 0.75]]) });
    expect(scored["y"]?.values).toEqual([0.25, 0.75]);
    // ONNX Runtime forgives the missing import of Identity's own set; other programs need not.
    expect([opsetImports(model), opsetImports(bytes)]).toEqual([1, 2]);
  });

  test("is changed once: a second time there is nothing left to detach", () => {
    const once = detachZipMaps(zipMapModel()).bytes ?? new Uint8Array();
    expect(detachZipMaps(once)).toEqual({ bytes: null, labels: new Map() });
  });
});

function opsetImports(model: Uint8Array): number {
  const opsetField = 8;
  let count = 0;
  forEachField(bufferSource(model), 0, model.length, ({ number }) => {
    if (number === opsetField) count += 1;
  });
  return count;
}

test("a model without ZipMap is left alone", () => {
  expect(detachZipMaps(denseModel())).toEqual({ bytes: null, labels: new Map() });
});
