import fs from "node:fs";
import path from "node:path";
import { describe, expect, test } from "vitest";
import { scriptWorker } from "../../helpers/scripts/script-worker.ts";
import { closeWorkersAfterEach, folder, open, started, committed } from "../../helpers/scripts/script-runs.ts";

/** Azure ML's contract of scoring scripts, by the worker alone: what a script is told and what is told of it. */
closeWorkersAfterEach();

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
    const { miniBatch, rows, errors } = committed(await worker.scoreListed(listed));
    expect(miniBatch).toMatchObject({ succeeded: 1, failed: 2, failedParts: [1, 2] });
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
