import { describe, expect, it } from "vitest";
import { fitColumns } from "../../../renderer/components/table-columns.ts";
import {
  noOverrides,
  numberFieldNames,
  overrideFaults,
  overridesOf,
} from "../../../renderer/features/invocation/overrides.ts";

describe("settings changed for one job", () => {
  it("send nothing while everything is as the deployment says", () => {
    expect(overridesOf(noOverrides, "predictions.csv")).toEqual({});
    expect(overrideFaults(noOverrides)).toEqual([]);
  });

  it("are sent by Azure's names and by ours", () => {
    const form = {
      numbers: {
        mini_batch_size: "25",
        instance_count: "2",
        max_concurrency_per_instance: "4",
        "retry_settings.max_retries": "0",
        "retry_settings.timeout": "60",
      },
      threshold: "after",
      thresholdCount: "0",
      format: "parquet",
      formulas: "keep",
      outputFile: "",
    } as const;
    expect(overridesOf(form, "predictions.csv")).toEqual({
      ...form.numbers,
      error_threshold: "0",
      "batchdeck.output_format": "parquet",
      "batchdeck.csv_formulas": "keep",
      output_file_name: "predictions.parquet",
    });
    expect(overridesOf({ ...noOverrides, threshold: "never" }, "scores")).toEqual({ error_threshold: "-1" });
  });

  it("must be whole numbers", () => {
    for (const field of numberFieldNames) {
      for (const typed of ["-1", "1.5", "1e3", "ten", "99999999999999999999"]) {
        expect(overrideFaults({ ...noOverrides, numbers: { [field]: typed } }), typed).toEqual([field]);
      }
      const zero = overrideFaults({ ...noOverrides, numbers: { [field]: "0" } });
      expect(zero, field).toEqual(field === "retry_settings.max_retries" ? [] : [field]);
    }
    expect(overrideFaults({ ...noOverrides, threshold: "after", thresholdCount: "" })).toEqual(["thresholdCount"]);
    expect(overrideFaults({ ...noOverrides, threshold: "never", thresholdCount: "" })).toEqual([]);
    // What is being typed changes nothing of what the sheet looks at meanwhile.
    const typing = {
      ...noOverrides,
      numbers: { mini_batch_size: "ten" },
      threshold: "after",
      thresholdCount: "",
    } as const;
    expect(overridesOf(typing, null)).toEqual({});
  });

  it("give the output the ending of its format, when its name had the ending of another", () => {
    const parquet = { ...noOverrides, format: "parquet" } as const;
    const nameOf = (file: string, form: typeof parquet | typeof noOverrides) =>
      overridesOf(form, file)["output_file_name"] ?? file;
    expect(nameOf("predictions.csv", noOverrides)).toBe("predictions.csv");
    expect(nameOf("churn.csv", parquet)).toBe("churn.parquet");
    expect(nameOf("churn.parquet", parquet)).toBe("churn.parquet");
    expect(nameOf("churn.scores", parquet)).toBe("churn.scores");
    expect(overridesOf({ ...parquet, outputFile: "mine.txt" }, "churn.csv")["output_file_name"]).toBe("mine.txt");
    expect(overridesOf({ ...noOverrides, outputFile: "mine.csv" }, null)).toEqual({ output_file_name: "mine.csv" });
    expect(overridesOf(parquet, null)).toEqual({ "batchdeck.output_format": "parquet" });
    expect(overridesOf(parquet, "churn.scores")).toEqual({ "batchdeck.output_format": "parquet" });
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
