import { describe, expect, it } from "vitest";
import type { InvocationPreview } from "../../electron/contract/channels.ts";
import { fitColumns } from "../../renderer/components/table-columns.ts";
import {
  noOverrides,
  outputFileName,
  overrideFaults,
  overridesOf,
} from "../../renderer/features/invocation/overrides.ts";

const preview: InvocationPreview = {
  input: { grantId: "g", name: "in", kind: "folder" },
  endpoint_name: "iris",
  deployment_name: "forest",
  items: 1,
  items_exact: true,
  item_unit: "row",
  files: 1,
  bytes: 1,
  skipped_files: 0,
  mapping: [],
  output_folder: "/out",
  output_file: "predictions.csv",
  workers: 1,
  device: "CPU",
  workers_capped_from: null,
  error_threshold: -1,
};

describe("settings changed for one job", () => {
  it("send nothing while everything is as the deployment says", () => {
    expect(overridesOf(noOverrides)).toEqual({});
    expect(overrideFaults(noOverrides)).toEqual([]);
  });

  it("are sent by Azure's names and by ours", () => {
    expect(overridesOf({ miniBatchSize: "25", threshold: "after", thresholdCount: "0", format: "parquet" })).toEqual({
      mini_batch_size: "25",
      error_threshold: "0",
      "batchdeck.output_format": "parquet",
    });
    expect(overridesOf({ ...noOverrides, threshold: "never" })).toEqual({ error_threshold: "-1" });
  });

  it("must be whole numbers", () => {
    for (const miniBatchSize of ["0", "-1", "1.5", "1e3", "ten", "99999999999999999999"]) {
      expect(overrideFaults({ ...noOverrides, miniBatchSize }), miniBatchSize).toEqual(["miniBatchSize"]);
    }
    expect(overrideFaults({ ...noOverrides, threshold: "after", thresholdCount: "" })).toEqual(["thresholdCount"]);
    expect(overrideFaults({ ...noOverrides, threshold: "never", thresholdCount: "" })).toEqual([]);
  });

  it("rename the output only when the deployment does not fix its name", () => {
    const parquet = { ...noOverrides, format: "parquet" } as const;
    expect(outputFileName(preview, noOverrides)).toBe("predictions.csv");
    expect(outputFileName(preview, parquet)).toBe("predictions.parquet");
    expect(outputFileName({ ...preview, output_file: "churn.csv" }, parquet)).toBe("churn.csv");
  });
});

describe("the columns of a table of results", () => {
  const columns = (names: readonly string[]) => names.map((name, place) => ({ name, place, grow: false }));

  it("put numbers to the right, and text that holds a number among others to the left", () => {
    const fitted = fitColumns(columns(["score", "id", "empty"]), [
      ["0.5", "007", ""],
      ["1e-7", "x1", ""],
    ]);
    expect(fitted.map(({ numeric }) => numeric)).toEqual([true, false, false]);
  });

  it("are as wide as they need, within limits", () => {
    const [short, long] = fitColumns(columns(["a", "b"]), [["1", "x".repeat(5000)]]);
    expect(short?.width).toBeLessThan(80);
    expect(long?.width).toBeLessThan(400);
  });
});
