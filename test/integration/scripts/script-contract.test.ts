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

  const logging = `
import argparse, logging
parser = argparse.ArgumentParser()
parser.add_argument("--logging_level", type=str)
log = logging.getLogger("mine")
def init():
    SETUP
def run(mini_batch):
    for logger in (log, logging.getLogger()):
        logger.debug("debug")
        logger.info("info")
        logger.warning("warning of %d", len(mini_batch))
    return mini_batch
`;
  const levels = ["debug", "info", "warning"] as const;

  test.each([
    ["as Azure's sample sets it", "log.setLevel(parser.parse_known_args()[0].logging_level.upper())"],
    ["as nobody sets it", "pass"],
    ["as its own basicConfig shows it", "logging.basicConfig()"],
  ])("what it logs is in the logs from the deployment's level up, %s", async (_how, setup) => {
    for (const [place, level] of levels.entries()) {
      const worker = await started("score.py", logging.replace("SETUP", setup), {
        settings: { logging_level: level },
      });
      committed(await worker.score("a.txt"));
      await worker.close();
      const said = ["DEBUG:NAME:debug", "INFO:NAME:info", "WARNING:NAME:warning of 1"].slice(place);
      const lines = ["mine", "root"].flatMap((name) =>
        said.map((line) => `mini-batch 1: ${line.replace("NAME", name)}\n`),
      );
      expect(worker.log("stderr")).toBe(lines.join(""));
    }
  });

  test("how it sets up logging itself is how it logs", async () => {
    const setup = `logging.basicConfig(format="%(message)s!", level="ERROR", stream=sys.stdout)`;
    const source = `import sys\n${logging.replace("SETUP", setup).replaceAll("logger.warning", "logger.error")}`;
    const worker = await started("score.py", source);
    committed(await worker.score("a.txt"));
    await worker.close();
    expect(worker.log("stderr")).toBe("");
    expect(worker.log("stdout")).toBe("mini-batch 1: warning of 1!\n".repeat(2));
  });

  test("Azure's EntryScript gives a logger", async () => {
    const worker = await started(
      "score.py",
      `
from azureml_user.parallel_run import EntryScript
def init():
    EntryScript().logger.info("loaded")
def run(mini_batch):
    return mini_batch
`,
    );
    await worker.close();
    expect(worker.log("stderr")).toBe("init: INFO:azureml_user.parallel_run:loaded\n");
  });

  test("of a progress bar the last state is logged", async () => {
    const worker = await started(
      "score.py",
      `
import sys
def init():
    pass
def run(mini_batch):
    for percent in range(101):
        print("\\r%3d%%" % percent, end="", file=sys.stderr)
    print(file=sys.stderr)
    print("done", file=sys.stderr)
    return mini_batch
`,
    );
    committed(await worker.score("a.txt"));
    await worker.close();
    expect(worker.log("stderr")).toBe("mini-batch 1: 100%\nmini-batch 1: done\n");
  });

  test.each([
    ["beside it", { "sub/helper.py": "x = 1" }, "import helper\nx = helper.x"],
    ["in a package beside it", { "sub/tools/__init__.py": "", "sub/tools/one.py": "x = 1" }, "from tools.one import x"],
    ["relative to it", { "sub/helper.py": "x = 1" }, "from .helper import x"],
    ["from its package", { "sub/__init__.py": "", "sub/helper.py": "x = 1" }, "from sub.helper import x"],
    [
      "from the folder of its code",
      { "top.py": "from other.deep import x", "other/deep.py": "x = 1" },
      "from top import x",
    ],
    ["beside it, which comes first", { "twice.py": "x = 2", "sub/twice.py": "x = 1" }, "from twice import x"],
  ])("a script in a subfolder imports what lies %s", async (_where, others, line) => {
    const source = `${line}\nimport sys\ndef init():\n    assert sys.modules["score"].x == 1\ndef run(files):\n    return [x for _ in files]\n`;
    const worker = await started("sub/score.py", source, {}, others);
    expect(worker.opened).toMatchObject({ type: "job-opened" });
    expect(committed(await worker.score("a.txt")).rows).toBe("1\n");
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
