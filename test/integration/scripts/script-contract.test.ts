import { execFileSync } from "node:child_process";
import fs from "node:fs";
import path from "node:path";
import { afterEach, beforeAll, describe, expect, test } from "vitest";
import { isAlive } from "../../helpers/processes.ts";
import type { Scored, ScriptWorker } from "../../helpers/scripts/script-worker.ts";
import { python, scriptWorker } from "../../helpers/scripts/script-worker.ts";
import { temporaryFolder } from "../../helpers/places.ts";
import { sleep } from "../../helpers/sleep.ts";

/** Azure ML's contract of scoring scripts, by the worker alone: what a script may return, and what else it may do. */
const folder = temporaryFolder("scripts");
const open: ScriptWorker[] = [];
afterEach(() => {
  for (const worker of open.splice(0)) {
    if (isAlive(worker.pid)) process.kill(worker.pid, "SIGKILL");
  }
});

type Change = Parameters<typeof scriptWorker>[2];

async function started(name: string, source: string, change: Change = {}): Promise<ScriptWorker> {
  const worker = await scriptWorker(folder, { name, source }, change);
  open.push(worker);
  return worker;
}

/** A Python script with this body of run(), and what came of giving it files. */
async function ran(body: string, files: readonly string[], change: Change = {}): Promise<Scored> {
  const lines = body.trim().split("\n");
  const source = `import os, sys\ndef init():\n    pass\ndef run(mini_batch):\n    names = [os.path.basename(f) for f in mini_batch]\n${lines.map((line) => `    ${line}\n`).join("")}`;
  const worker = await started("score.py", source, change);
  expect(worker.opened.type).toBe("job-opened");
  const scored = await worker.score(...files);
  await worker.close();
  return scored;
}

function committed(scored: Scored): Extract<Scored, { kind: "committed" }> {
  if (scored.kind === "failed") throw new Error(`${scored.code ?? ""}: ${scored.message}`);
  return scored;
}

const three = ["a.txt", "b.txt", "c.txt"];

describe("what run() returns", () => {
  test("a list of scalars is one column", async () => {
    const { unit, rows } = committed(await ran("return [1, 2.5, None]", three));
    expect(unit).toMatchObject({ succeeded: 3, failed: 0, rows: 3, columns: [{ name: "prediction", type: "float" }] });
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
    const { unit, rows } = committed(
      await ran('return [{"f": n, "x": 1} for n in names[:2]] + [{"y": True, "f": "c"}]', three),
    );
    expect(unit.columns).toEqual([
      { name: "f", type: "text" },
      { name: "x", type: "integer" },
      { name: "y", type: "boolean" },
    ]);
    expect(rows).toBe('"a.txt",1,\n"b.txt",1,\n"c",,true\n');
  });

  test("a DataFrame keeps its columns, with every value as it was", async () => {
    const { unit, rows } = committed(
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
    expect(unit.columns?.map(({ type }) => type)).toEqual([
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
    const { unit, rows } = committed(
      await ran("return [n + str(i) for n in names for i in range(3)]", ["a.txt", "b.txt"]),
    );
    expect(unit).toMatchObject({ succeeded: 2, failed: 0, rows: 6 });
    expect(rows.split("\n")).toHaveLength(7);
  });

  test("fewer rows than files is so many failed, and nobody knows which", async () => {
    const { unit, errors } = committed(await ran("return names[:1]", three));
    expect(unit).toMatchObject({ succeeded: 1, failed: 2, failedParts: [1, 2] });
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
    expect(list.unit.columns).toBeNull();
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
    const { unit, rows } = committed(
      await ran("return names[:2]", three, { settings: { output_action: "summary_only" } }),
    );
    expect(unit).toMatchObject({ succeeded: 2, failed: 1, rows: 2, columns: null });
    expect(rows).toBe("");
  });
});

describe("what a script knows and says", () => {
  test("model, output and level are told; what it prints is in the logs with its mini-batch; nothing is written beside it", async () => {
    const worker = await started(
      "score.py",
      `
import os, sys, argparse
def init():
    parser = argparse.ArgumentParser()
    parser.add_argument("--logging_level")
    print("level", parser.parse_known_args()[0].logging_level)
    print(os.environ["AZUREML_MODEL_DIR"], os.environ["AZUREML_BI_OUTPUT_PATH"], file=sys.stderr)
    print("stdin", repr(sys.stdin.read()))
def run(mini_batch):
    print("scores", open(mini_batch[0]).read(), end="")
    return mini_batch
def shutdown():
    print("goodbye")
`,
    );
    await worker.score("a.txt");
    await worker.score("b.txt");
    await worker.close();
    expect(worker.log("stdout")).toBe(
      "init: level info\ninit: stdin ''\nmini-batch 1: scores a\nmini-batch 2: scores b\nshutdown: goodbye\n",
    );
    expect(worker.log("stderr")).toBe(`init: ${path.join(folder, "model")} ${folder}\n`);
    expect(worker.codeFiles()).toEqual(["score.py"]);
  });

  test("init() once, before the worker is ready", async () => {
    const worker = await started(
      "score.py",
      "calls = []\ndef init():\n    calls.append('init')\ndef run(files):\n    calls.append('run')\n    return [len(calls)]\n",
    );
    expect(worker.opened).toMatchObject({ provider: "python", fallback: null });
    expect(committed(await worker.score("a.txt")).rows).toBe("2\n");
    expect(committed(await worker.score("b.txt")).rows).toBe("3\n");
  });

  test("the last line of what it raised is told, all of it is in the logs", async () => {
    const worker = await started(
      "score.py",
      "def init():\n    pass\ndef run(files):\n    raise ValueError('no such thing')\n",
    );
    expect(await worker.score("a.txt")).toEqual({
      kind: "failed",
      code: "script-raised",
      message: "ValueError: no such thing",
    });
    expect(worker.log("error")).toMatch(
      /^mini-batch 1: Traceback \(most recent call last\):\nmini-batch 1: {3}File ".*score.py", line 4, in run\n(.*\n)+mini-batch 1: ValueError: no such thing\n$/,
    );
  });

  test.each([
    ["sys.exit(3)", "The script ended its Python process in run(), with exit code 3."],
    ["os._exit(0)", "The script ended its Python process in run(), with exit code 0."],
    ["os.abort()", "The script ended its Python process in run(), by the signal SIGABRT."],
  ])(
    "one that ends its process fails that mini-batch, and is started again for the next: %s",
    async (call, message) => {
      const worker = await started(
        "score.py",
        `import os, sys\nstarts = 0\ndef init():\n    global starts\n    starts += 1\n    print("started")\ndef run(files):\n    if files[0].endswith("a.txt"):\n        ${call}\n    return [starts]\n`,
      );
      expect(await worker.score("a.txt")).toEqual({ kind: "failed", code: "script-exited", message });
      expect(committed(await worker.score("b.txt")).rows).toBe("1\n");
      expect(worker.log("stdout")).toBe("init: started\ninit: started\n");
    },
  );

  test("a file that is not what was listed is left out and fails; the script gets the others", async () => {
    const worker = await started(
      "score.py",
      "import os\ndef init(): pass\ndef run(files): return [os.path.basename(f) for f in files]\n",
    );
    const listed = worker.list("a.txt", "b.txt", "c.txt");
    fs.appendFileSync(path.join(folder, "input", "b.txt"), "more");
    fs.rmSync(path.join(folder, "input", "c.txt"));
    const { unit, rows, errors } = committed(await worker.scoreListed(listed));
    expect(unit).toMatchObject({ succeeded: 1, failed: 2, failedParts: [1, 2] });
    expect(rows).toBe('"a.txt"\n');
    expect(errors).toBe(
      "b.txt,,read,input-changed,The file was changed after the job had listed it.,\n" +
        "c.txt,,read,input-changed,The file was removed after the job had listed it.,\n",
    );
  });
});

describe("a script that is none", () => {
  test.each([
    [
      "without init()",
      "def run(files): return files\n",
      "The script has no function init(): a scoring script has init() and run(mini_batch).",
    ],
    [
      "without run()",
      "def init(): pass\n",
      "The script has no function run(): a scoring script has init() and run(mini_batch).",
    ],
  ])("is refused %s", async (_, source, message) => {
    expect((await started("score.py", source)).opened).toMatchObject({
      type: "job-refused",
      code: "script/invalid",
      message,
    });
  });

  test("init() that raises is told with its last line", async () => {
    const worker = await started("score.py", "def init():\n    raise OSError('no model here')\ndef run(f): return f\n");
    expect(worker.opened).toMatchObject({
      code: "script/failed",
      message: "init() of the script raised OSError: no model here",
    });
  });

  test("code that was changed after it was trusted does not run", async () => {
    const worker = await scriptWorker(folder, { name: "score.py", source: "open('/nowhere')\n" }, {}, (spec) => {
      if (spec.scorer.kind === "script") fs.writeFileSync(path.join(spec.scorer.folder, "other.py"), "");
      return spec;
    });
    open.push(worker);
    expect(worker.opened).toMatchObject({ code: "script/not-trusted" });
    expect(worker.log("error")).toBe("");
  });

  test("an interpreter that is gone is one refusal", async () => {
    const worker = await scriptWorker(folder, { name: "score.py", source: "" }, {}, (spec) => ({
      ...spec,
      scorer: spec.scorer.kind === "script" ? { ...spec.scorer, interpreter: "/nowhere/python3" } : spec.scorer,
    }));
    open.push(worker);
    expect(worker.opened).toMatchObject({ type: "job-refused", code: "environment/invalid" });
    expect(worker.opened).toHaveProperty(
      "message",
      "The interpreter /nowhere/python3 could not be started: spawn /nowhere/python3 ENOENT.",
    );
  });
});

describe("an interpreter without pandas", () => {
  const bare = path.join(folder, "bare");
  const without = (source: string) =>
    scriptWorker(folder, { name: "score.py", source }, {}, (spec) => ({
      ...spec,
      scorer:
        spec.scorer.kind === "script" ? { ...spec.scorer, interpreter: path.join(bare, "bin/python3") } : spec.scorer,
    }));
  beforeAll(() => {
    execFileSync(python, ["-m", "venv", "--without-pip", bare]);
  });

  test("runs scripts that do without it", async () => {
    const worker = await without(
      "def init(): pass\ndef run(files): return [{'n': len(files), 'half': 0.5, 'many': [1, None]}]\n",
    );
    open.push(worker);
    expect(committed(await worker.score("a.txt")).rows).toBe('1,0.5,"[1, null]"\n');
  });

  test("says what a script misses that needs it", async () => {
    const worker = await without("import pandas\ndef init(): pass\ndef run(files): return files\n");
    open.push(worker);
    expect(worker.opened).toMatchObject({
      code: "script/failed",
      message: "The script could not be loaded: ModuleNotFoundError: No module named 'pandas'",
    });
  });
});

describe("ends of processes", () => {
  const telling = `import os\ndef init(): print(os.getpid())\ndef run(files):\n    print("runs")\n    import time\n    time.sleep(600)\n`;
  /** The process of a script that is in run() by now. */
  async function running(source: string): Promise<{ worker: ScriptWorker; pid: number }> {
    const worker = await started("score.py", source);
    void worker.score("a.txt");
    while (!worker.log("stdout").includes("runs")) await sleep(10);
    return { worker, pid: Number(/^init: (\d+)$/m.exec(worker.log("stdout"))?.[1]) };
  }

  test.each(["SIGKILL", "SIGTERM"] as const)(
    "Python killed from outside takes its worker along: %s",
    async (signal) => {
      const { worker, pid } = await running(telling);
      process.kill(pid, signal);
      expect(await worker.exit).toEqual({ code: null, signal });
    },
  );

  test("Python does not outlive its worker, even where it lets nobody else have a turn", async () => {
    const { worker, pid } = await running(telling.replace("import time\n    time.sleep(600)", "sum(range(10**13))"));
    process.kill(worker.pid, "SIGKILL");
    await worker.exit;
    while (isAlive(pid)) await sleep(10);
  });

  test("Python does not outlive its worker where the system would let it", async () => {
    // What Linux was asked to do when the parent ends is taken back: other systems do not know it.
    const orphaned = telling.replace("def init():", "import ctypes\ndef init(): ctypes.CDLL(None).prctl(1, 0);");
    const { worker, pid } = await running(orphaned);
    process.kill(worker.pid, "SIGKILL");
    await worker.exit;
    while (isAlive(pid)) await sleep(10);
  });
});

describe("score.mjs", () => {
  const module = (body: string) =>
    `import path from "node:path";\nexport function init() { console.log("ready", process.argv.slice(2).join(" ")); }\nexport async function run(files) {\n  const names = files.map((file) => path.basename(file));\n  ${body}\n}\n`;

  test("returns rows by the same rules and prints into the same logs", async () => {
    const worker = await started(
      "score.mjs",
      module(
        'console.log("scores", names.length);\n  return names.map((n) => ({ n, whole: 1, part: 0.5, big: 2n ** 60n, none: null }));',
      ),
    );
    expect(worker.opened).toMatchObject({ type: "job-opened", provider: "node" });
    const { unit, rows } = committed(await worker.score("a.txt", "b.txt"));
    expect(rows).toBe('"a.txt",1,0.5,1152921504606846976,\n"b.txt",1,0.5,1152921504606846976,\n');
    expect(unit.columns?.map(({ type }) => type)).toEqual(["text", "integer", "float", "integer", "empty"]);
    await worker.close();
    expect(worker.log("stdout")).toBe("init: ready --logging_level info\nmini-batch 1: scores 2\n");
  });

  test.each([
    ["throw new TypeError('no');", "script-raised", /^TypeError: no$/],
    ["return null;", "script-bad-return", /and it returned null\.$/],
    ["return [() => 1];", "script-raised", /could not be cloned/],
    ["process.exit(4);", "script-exited", /^The script ended itself in run\(\), with exit code 4\.$/],
    [
      "setTimeout(() => { throw new Error('late'); }); await new Promise(() => setTimeout(() => {}, 1e6));",
      "script-exited",
      /Error: late/,
    ],
  ])("fails its mini-batch alone: %s", async (body, code, message) => {
    const worker = await started("score.mjs", module(`if (names[0] === "a.txt") { ${body} }\n  return names;`));
    const failed = await worker.score("a.txt");
    expect(failed).toMatchObject({ kind: "failed", code });
    expect(failed.kind === "failed" && failed.message).toMatch(message);
    expect(committed(await worker.score("b.txt")).rows).toBe('"b.txt"\n');
  });

  test("ends with its job, also when its shutdown() raises", async () => {
    const ticks = path.join(folder, "ticks");
    const source = `import fs from "node:fs";
      export const init = () => setInterval(() => fs.appendFileSync(${JSON.stringify(ticks)}, "."), 5);
      export const run = (files) => files;
      export function shutdown() { throw new Error("not now"); }`;
    const worker = await started("score.mjs", source);
    committed(await worker.score("a.txt"));
    await worker.close(async () => {
      const before = fs.statSync(ticks).size;
      await sleep(300);
      expect(fs.statSync(ticks).size).toBe(before);
    });
    expect(worker.log("error")).toContain("not now");
  });

  test("is refused without init()", async () => {
    const worker = await started("score.mjs", "export const run = (files) => files;\n");
    expect(worker.opened).toMatchObject({ type: "job-refused", code: "script/invalid" });
  });
});
