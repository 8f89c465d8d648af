import { execFileSync } from "node:child_process";
import fs from "node:fs";
import path from "node:path";
import { beforeAll, describe, expect, test } from "vitest";
import { isAlive } from "../../helpers/processes.ts";
import type { ScriptWorker } from "../../helpers/scripts/script-worker.ts";
import { python, scriptWorker } from "../../helpers/scripts/script-worker.ts";
import { sleep } from "../../helpers/sleep.ts";
import { until } from "../../helpers/until.ts";
import { closeWorkersAfterEach, folder, open, started, committed } from "../../helpers/scripts/script-runs.ts";

/** The processes that run scripts: Python without pandas, Python that must not stay behind, and Node. */
closeWorkersAfterEach();

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
    await until(() => worker.log("stdout").includes("runs"));
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
    await until(() => !isAlive(pid));
  });

  test("Python does not outlive its worker where the system would let it", async () => {
    // What Linux was asked to do when the parent ends is taken back: other systems do not know it.
    const orphaned = telling.replace("def init():", "import ctypes\ndef init(): ctypes.CDLL(None).prctl(1, 0);");
    const { worker, pid } = await running(orphaned);
    process.kill(worker.pid, "SIGKILL");
    await worker.exit;
    await until(() => !isAlive(pid));
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
    const { miniBatch, rows } = committed(await worker.score("a.txt", "b.txt"));
    expect(rows).toBe('"a.txt",1,0.5,1152921504606846976,\n"b.txt",1,0.5,1152921504606846976,\n');
    expect(miniBatch.columns?.map(({ type }) => type)).toEqual(["text", "integer", "float", "integer", "empty"]);
    await worker.close();
    expect(worker.log("stdout")).toBe("init: ready --logging_level info\nmini-batch 1: scores 2\n");
  });

  test.each([
    ["a typed array", "return new Float32Array([0.1, 2]);", "0.1\n2\n", "float"],
    ["an array of large whole numbers", "return new BigInt64Array([1n, 2n ** 60n]);", `1\n${2n ** 60n}\n`, "integer"],
    ["a generator", "return (function* () { yield* names; })();", '"a.txt"\n"b.txt"\n', "text"],
    ["an asynchronous generator", "return (async function* () { yield* names; })();", '"a.txt"\n"b.txt"\n', "text"],
    [
      "one of typed arrays within others",
      "return names.map(() => ({ x: [new Float32Array([0.1, 2])] }));",
      '"[[0.1,2]]"\n"[[0.1,2]]"\n',
      "text",
    ],
  ])("takes %s as a list", async (_what, body, rows, type) => {
    const scored = committed(await (await started("score.mjs", module(body))).score("a.txt", "b.txt"));
    expect(scored.rows).toBe(rows);
    expect(scored.miniBatch).toMatchObject({ succeeded: 2, columns: [{ type }] });
  });

  test("imports what lies beside it in a subfolder", async () => {
    const source =
      'import { x } from "./helper.mjs";\nexport const init = () => {};\nexport const run = (files) => files.map(() => x);\n';
    const worker = await started("sub/score.mjs", source, {}, { "sub/helper.mjs": "export const x = 1;" });
    expect(committed(await worker.score("a.txt")).rows).toBe("1\n");
  });

  test.each([
    ["return new Map();", "script-bad-return", /and it returned object\.$/],
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
