import { setImmediate as turn } from "node:timers/promises";
import * as z from "zod";
import { outsideSignals } from "../../electron/contract/processes/outside-signals.ts";
import { scriptColumnSchema } from "../../electron/contract/nouns/script-columns.ts";
import { type PythonProcess, startPython } from "./python-process.ts";
import type { ScriptProgram, ScriptRun, ScriptSettings, ScriptStart } from "./script-program.ts";
import { badReturn, lacks } from "./script-program.ts";

/** What the runner says: see python-runner.py. */
const answerSchema = z.discriminatedUnion("type", [
  z.strictObject({ type: z.literal("ready"), version: z.string() }),
  z.strictObject({
    type: z.literal("start-raised"),
    where: z.enum(["import", "init"]),
    message: z.string(),
    traceback: z.string(),
  }),
  z.strictObject({ type: z.literal("incomplete"), missing: z.string() }),
  z.strictObject({ type: z.literal("rows"), bytes: z.number().int().min(0) }),
  z.strictObject({
    type: z.literal("returned"),
    length: z.number().int().min(0),
    columns: z.array(scriptColumnSchema).nullable(),
  }),
  z.strictObject({ type: z.literal("raised"), message: z.string(), traceback: z.string() }),
  z.strictObject({ type: z.literal("bad-return"), returned: z.string() }),
]);

type Answer = z.infer<typeof answerSchema>;

const endTimeoutMs = 1500;

/**
 * A script in a Python process of its own. It ends with this process. One that somebody else kills takes this process
 * along by the same signal: only the engine can tell whether that was the work's fault.
 */
export function pythonProgram(interpreter: string, settings: ScriptSettings): ScriptProgram {
  const { folder, script, loggingLevel, log } = settings;
  let python: PythonProcess | null = null;
  let isEnding = false;

  async function hear({ answers }: PythonProcess): Promise<Answer | null> {
    const line = await answers.line();
    return line === null ? null : answerSchema.parse(JSON.parse(line));
  }

  /** How it ended, as the end of a sentence. Ends this process, too, when somebody else ended it. */
  async function exitWords({ gone, exit }: PythonProcess): Promise<string> {
    await gone;
    const { code, signal } = exit() ?? { code: null, signal: null };
    if (signal !== null && outsideSignals.includes(signal) && !isEnding) {
      process.kill(process.pid, signal);
      await new Promise(() => undefined);
    }
    return signal === null ? `with exit code ${code}` : `by the signal ${signal}`;
  }

  async function start(): Promise<ScriptStart> {
    const started = startPython(interpreter, settings);
    python = started;
    started.ask({ folder, script, logging_level: loggingLevel });
    const answer = await hear(started);
    await turn();
    switch (answer?.type) {
      case "ready":
        return { ok: true, version: answer.version };
      case "incomplete":
        return lacks(answer.missing);
      case "start-raised": {
        log.error(answer.traceback);
        const where = answer.where === "init" ? "init() of the script raised" : "The script could not be loaded:";
        return { ok: false, code: "script/failed", message: `${where} ${answer.message}` };
      }
      default: {
        const how = await exitWords(started);
        const startFault = started.exit()?.startFault ?? null;
        if (startFault !== null) {
          const message = `The interpreter ${interpreter} could not be started: ${startFault}.`;
          return { ok: false, code: "environment/invalid", message };
        }
        const message = `The Python process of the script ended before it was ready, ${how}.`;
        log.error(message);
        return { ok: false, code: "script/failed", message };
      }
    }
  }

  async function run(
    files: readonly string[],
    form: string,
    takeRows: (bytes: Uint8Array) => Promise<void>,
  ): Promise<ScriptRun> {
    if (python === null) throw new Error("a script was run that was not started");
    const running = python;
    running.ask({ type: "run", files, form });
    for (;;) {
      const answer = await hear(running);
      if (answer?.type === "rows") {
        const isWhole = await running.answers.bytes(answer.bytes, takeRows);
        if (isWhole) continue;
      }
      await turn();
      switch (answer?.type) {
        case "returned":
          return { kind: "returned", length: answer.length, columns: answer.columns };
        case "raised":
          log.error(answer.traceback);
          return { kind: "failed", code: "script-raised", message: answer.message };
        case "bad-return": {
          const failed = badReturn(answer.returned);
          if (failed.kind === "failed") log.error(failed.message);
          return failed;
        }
        default: {
          const message = `The script ended its Python process in run(), ${await exitWords(running)}.`;
          log.error(message);
          return { kind: "failed", code: "script-exited", message };
        }
      }
    }
  }

  return {
    start,
    run,
    isAlive: () => python === null || python.exit() === null,
    async end() {
      if (python === null || python.exit() !== null) return;
      isEnding = true;
      python.ask({ type: "shutdown" });
      const killing = setTimeout(python.kill, endTimeoutMs);
      await python.gone;
      clearTimeout(killing);
      await turn();
    },
  };
}
