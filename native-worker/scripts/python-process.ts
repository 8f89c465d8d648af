import { spawn } from "node:child_process";
import type { Readable, Writable } from "node:stream";
import { createAnswerReader } from "./answer-reader.ts";
import rows from "./python-rows.py";
import runner from "./python-runner.py";
import type { ScriptSettings } from "./script-program.ts";
import { scriptEnvironment } from "./script-program.ts";

/** The process that runs a script: requests to the runner in it, and its answers. It ends with this process. */
export type PythonProcess = {
  readonly ask: (request: unknown) => void;
  readonly answers: ReturnType<typeof createAnswerReader>;
  /** Settles when it has ended, or could not be started. */
  readonly gone: Promise<void>;
  /** Null while it runs. */
  readonly exit: () => PythonExit | null;
  readonly kill: () => void;
};

export type PythonExit = {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  /** Why it could not be started. */
  readonly startFault: string | null;
};

/** The runner comes over a pipe: it lies in the bundle, which may lie in an archive, and would be long for a command line. */
const bootstrap =
  "REQUESTS=open(3,'rb');exec(compile(REQUESTS.read(int(REQUESTS.readline())),'batchdeck-runner','exec'))";
const program = `${rows}\n${runner}`;

/** How long answers that were under way are waited for once it has ended. */
const lastAnswersMs = 500;

export function startPython(interpreter: string, settings: ScriptSettings): PythonProcess {
  const python = spawn(interpreter, ["-u", "-B", "-X", "utf8", "-c", bootstrap, ...settings.arguments], {
    cwd: settings.folder,
    // A set has its order from the hashes of its texts: the same ones each time, or every attempt gave other rows.
    env: { PYTHONHASHSEED: "0", ...scriptEnvironment(settings), PYTHONDONTWRITEBYTECODE: "1" },
    stdio: ["pipe", "pipe", "pipe", "pipe", "pipe"],
    windowsHide: true,
  });
  let exit: PythonExit | null = null;
  const gone = new Promise<void>((resolve) => {
    python.on("error", (error) => {
      if (python.pid !== undefined) return;
      exit = { code: null, signal: null, startFault: error.message };
      resolve();
    });
    python.on("exit", (code, signal) => {
      exit = { code, signal, startFault: null };
      // A process that the script left behind may hold the pipes open: they are not waited for.
      setTimeout(() => answers.close(), lastAnswersMs).unref();
      resolve();
    });
  });
  // Writing to a process that is gone is no news: its exit is.
  for (const stream of python.stdio) stream?.on("error", () => undefined);
  python.stdout.on("data", settings.log.stdout);
  python.stderr.on("data", settings.log.stderr);
  const answers = createAnswerReader(python.stdio[4] as Readable);
  const requests = python.stdio[3] as Writable;
  requests.write(`${Buffer.byteLength(program)}\n${program}`);
  return {
    ask: (request) => void requests.write(`${JSON.stringify(request)}\n`),
    answers,
    gone,
    exit: () => exit,
    kill: () => void python.kill("SIGKILL"),
  };
}
