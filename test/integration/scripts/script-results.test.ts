import { describe, expect, test } from "vitest";
import { closeWorkersAfterEach, ran, committed, three } from "../../helpers/scripts/script-runs.ts";

/** Azure ML's contract of scoring scripts, by the worker alone: what run() may return. */
closeWorkersAfterEach();

describe("what run() returns", () => {
  test("a list of scalars is one column", async () => {
    const { miniBatch, rows } = committed(await ran("return [1, 2.5, None]", three));
    expect(miniBatch).toMatchObject({
      succeeded: 3,
      failed: 0,
      rows: 3,
      columns: [{ name: "prediction", type: "float" }],
    });
    expect(rows).toBe("1\n2.5\n\n");
  });

  test("a tuple is a list", async () => {
    expect(committed(await ran("return tuple(names)", three)).rows).toBe('"a.txt"\n"b.txt"\n"c.txt"\n');
  });

  test("has the same order each time, also where it came out of a set", async () => {
    const body = "return [n for n in {str(number) for number in range(50)}][:3]";
    const [one, other] = [await ran(body, three), await ran(body, three)];
    expect(committed(other).rows).toBe(committed(one).rows);
  });

  test("dicts are rows by their keys, in order of first appearance", async () => {
    const { miniBatch, rows } = committed(
      await ran('return [{"f": n, "x": 1} for n in names[:2]] + [{"y": True, "f": "c"}]', three),
    );
    expect(miniBatch.columns).toEqual([
      { name: "f", type: "text" },
      { name: "x", type: "integer" },
      { name: "y", type: "boolean" },
    ]);
    expect(rows).toBe('"a.txt",1,\n"b.txt",1,\n"c",,true\n');
  });

  test("a DataFrame keeps its columns, with every value as it was", async () => {
    const { miniBatch, rows } = committed(
      await ran(
        `
import pandas as pd, numpy as np
return pd.DataFrame({
  "text": ["=1+1", "", None], "big": [2**62 + 1, -1, 0], "half": np.array([0.1, 1e30, float("nan")], dtype="float32"),
  "when": [pd.Timestamp("2026-01-02 03:04:05"), pd.NaT, pd.Timestamp("2026-01-02")], "flag": [True, False, True],
  "many": [[1, 2], {"k": "é"}, "two\\nlines"], "maybe": pd.array([1, None, 3], dtype="Int64")})`,
        three,
      ),
    );
    expect(miniBatch.columns?.map(({ type }) => type)).toEqual([
      "text",
      "integer",
      "float",
      "text",
      "boolean",
      "text",
      "integer",
    ]);
    expect(rows).toBe(
      '"=1+1",4611686018427387905,0.1,"2026-01-02T03:04:05",true,"[1, 2]",1\n' +
        '"",-1,1e+30,,false,"{""k"": ""é""}",\n' +
        ',0,NaN,"2026-01-02T00:00:00",true,"two\nlines",3\n',
    );
  });

  test("more rows than files is all of them succeeded", async () => {
    const { miniBatch, rows } = committed(
      await ran("return [n + str(i) for n in names for i in range(3)]", ["a.txt", "b.txt"]),
    );
    expect(miniBatch).toMatchObject({ succeeded: 2, failed: 0, rows: 6 });
    expect(rows.split("\n")).toHaveLength(7);
  });

  test("fewer rows than files is so many failed, and nobody knows which", async () => {
    const { miniBatch, errors } = committed(await ran("return names[:1]", three));
    expect(miniBatch).toMatchObject({ succeeded: 1, failed: 2, failedParts: [1, 2] });
    const line =
      ',,infer,script-short-return,"run() returned 1 for 3 files, a.txt to c.txt: 2 failed, and it is not known which."\n';
    expect(errors.replaceAll(",\n", "\n")).toBe(line + line);
  });

  test("in a mini-batch of one the file is known", async () => {
    const { errors } = committed(await ran("return []", ["b.txt"]));
    expect(errors).toBe("b.txt,,infer,script-short-return,run() returned nothing for this file.,\n");
  });

  test.each([
    ["return None", "NoneType"],
    ["return {'a': 1}", "dict"],
    ["import numpy\nreturn numpy.zeros(3)", "ndarray"],
  ])("anything else is refused in Azure's words: %s", async (body, type) => {
    expect(await ran(body, three)).toEqual({
      kind: "failed",
      code: "script-bad-return",
      message: `The run() method in the entry script should return a list or a pandas DataFrame. The length of returned result is considered as succeeded number of items, and it returned ${type}.`,
    });
  });

  test("Azure's own bytes: a list one element a line, a frame between spaces without header", async () => {
    const azure = { output: { format: "azureml" as const } };
    const list = committed(await ran('return ["a b", ["x", 1], {"k": None}]', three, azure));
    expect(list.rows).toBe("a b\n['x', 1]\n{'k': None}\n");
    expect(list.miniBatch.columns).toBeNull();
    const frame = committed(
      await ran(
        'import pandas as pd\nreturn pd.DataFrame({"f": ["a b", "c"], "p": [0.5, float("nan")]})',
        ["a.txt", "b.txt"],
        azure,
      ),
    );
    expect(frame.rows).toBe('"a b" 0.5\nc \n');
  });

  test("summary_only counts what is returned and keeps none of it", async () => {
    const { miniBatch, rows } = committed(
      await ran("return names[:2]", three, { settings: { output_action: "summary_only" } }),
    );
    expect(miniBatch).toMatchObject({ succeeded: 2, failed: 1, rows: 2, columns: null });
    expect(rows).toBe("");
  });
});
