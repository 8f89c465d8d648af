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
    ["an array of numbers", "import numpy\nreturn numpy.array([1.5, 2, 3])", "1.5\n2.0\n3.0\n", "float"],
    [
      "an array of float32",
      "import numpy\nreturn numpy.array([0.1, 1e-8, 3], 'float32')",
      "0.1\n1e-08\n3.0\n",
      "float",
    ],
    ["an array of truth values", "import numpy\nreturn numpy.array([1, 0, 1]) > 0", "true\nfalse\ntrue\n", "boolean"],
    ["an array of texts", "import numpy\nreturn numpy.array(names)", '"a.txt"\n"b.txt"\n"c.txt"\n', "text"],
    [
      "a matrix, whose rows are lists",
      "import numpy\nreturn numpy.full((3, 2), 0.1, 'float32')",
      '"[0.1, 0.1]"\n"[0.1, 0.1]"\n"[0.1, 0.1]"\n',
      "text",
    ],
    [
      "an array where a value is masked",
      "import numpy\nreturn numpy.ma.array([1, 2, 3], mask=[0, 1, 0])",
      "1\n\n3\n",
      "integer",
    ],
    ["a Series", "import pandas\nreturn pandas.Series([1, 2, 3], index=names)", "1\n2\n3\n", "integer"],
    [
      "a Series of float32",
      "import pandas\nreturn pandas.Series([0.1, 0.2, 0.3], dtype='float32')",
      "0.1\n0.2\n0.3\n",
      "float",
    ],
    ["a generator", "return (len(name) for name in names)", "5\n5\n5\n", "integer"],
    ["what map() gives", "return map(str.upper, names)", '"A.TXT"\n"B.TXT"\n"C.TXT"\n', "text"],
    ["a range", "return range(3)", "0\n1\n2\n", "integer"],
    ["the values of a dict", "return dict.fromkeys(names, 1).values()", "1\n1\n1\n", "integer"],
  ])("%s is a list", async (_what, body, rows, type) => {
    const scored = committed(await ran(body, three));
    expect(scored.rows).toBe(rows);
    expect(scored.miniBatch).toMatchObject({ succeeded: 3, failed: 0, columns: [{ name: "prediction", type }] });
  });

  test("a generator that raises halfway fails its mini-batch with what it raised", async () => {
    const body = "def give():\n    yield 1\n    raise ValueError('no more')\nreturn give()";
    expect(await ran(body, three)).toMatchObject({ code: "script-raised", message: "ValueError: no more" });
  });

  test("narrow floats within lists and dicts have no more digits than they need", async () => {
    const body = `
import numpy as np
x = np.float32(0.1)
return [[x, np.float16(0.1), np.float64(0.1)], {"deep": {"x": x, "many": np.array([[x, np.nan]], "float32")}, "own": x}, np.array([x])]`;
    const { rows, miniBatch } = committed(await ran(body, three));
    expect(miniBatch.columns?.map(({ name }) => name)).toEqual(["prediction", "deep", "own"]);
    expect(rows).toBe('"[0.1, 0.1, 0.1]",,\n,"{""x"": 0.1, ""many"": [[0.1, null]]}",0.1\n"[0.1]",,\n');
  });

  test("an array of times keeps them as times", async () => {
    const body = "import numpy\nreturn numpy.array(['2026-01-02T03:04:05', 'NaT', '2026-01-03'], 'datetime64[ns]')";
    const { rows } = committed(await ran(body, three));
    expect(rows).toBe('"2026-01-02T03:04:05.000000000"\n\n"2026-01-03T00:00:00.000000000"\n');
  });

  test.each([
    ["return None", "NoneType"],
    ["return {'a': 1}", "dict"],
    ["return 'abc'", "str"],
    ["return set(names)", "set"],
    ["import numpy\nreturn numpy.float64(3)", "float64"],
    ["import numpy\nreturn numpy.array(3)", "ndarray"],
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
