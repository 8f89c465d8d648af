import path from "node:path";
import { setImmediate as turn } from "node:timers/promises";
import { pathToFileURL } from "node:url";
import { inspect } from "node:util";
import { Worker } from "node:worker_threads";
import * as z from "zod";
import { encodeResult, isScriptResult, type ScriptResult } from "./result-rows.ts";
import type { RowForm, ScriptProgram, ScriptRun, ScriptSettings, ScriptStart } from "./script-program.ts";
import { badReturn, lacks, scriptEnvironment } from "./script-program.ts";

/**
 * Runs in the thread. It is text, since the bundle knows no `import()` of its own: there it would become a `require`, which
 * a file outside of the packed archive need not bear.
 */
const runner = `
  const { parentPort, workerData } = require("node:worker_threads");
  const raisedBy = (error) => error instanceof Error
    ? { message: String(error.name) + ": " + String(error.message), trace: String(error.stack) }
    : { message: String(error), trace: String(error) };
  const shape = (result) => result === null ? "null" : typeof result;
  const isList = (result) => Array.isArray(result) || (ArrayBuffer.isView(result) && !(result instanceof DataView));
  const listOf = async (result) => {
    if (isList(result)) return result;
    if (typeof result?.next !== "function" || !(Symbol.asyncIterator in result || Symbol.iterator in result)) return null;
    const elements = [];
    for await (const element of result) elements.push(element);
    return elements;
  };
  const answer = (message) => {
    try {
      parentPort.postMessage(message);
    } catch (error) {
      parentPort.postMessage({ type: "raised", ...raisedBy(error) });
    }
  };
  (async () => {
    let script;
    try {
      script = await import(workerData.url);
    } catch (error) {
      return answer({ type: "start-raised", where: "import", ...raisedBy(error) });
    }
    const missing = ["init", "run"].find((name) => typeof script[name] !== "function");
    if (missing !== undefined) return answer({ type: "incomplete", missing });
    try {
      await script.init();
    } catch (error) {
      return answer({ type: "start-raised", where: "init", ...raisedBy(error) });
    }
    parentPort.on("message", async (files) => {
      try {
        if (files === null) {
          await script.shutdown?.();
          process.exit(0);
        }
        const result = await script.run(files);
        const list = await listOf(result);
        answer(list === null ? { type: "bad-return", returned: shape(result) } : { type: "returned", result: list });
      } catch (error) {
        answer({ type: "raised", ...raisedBy(error) });
      }
    });
    answer({ type: "ready" });
  })();
`;

const raisedSchema = { message: z.string(), trace: z.string() };
const answerSchema = z.discriminatedUnion("type", [
  z.strictObject({ type: z.literal("ready") }),
  z.strictObject({ type: z.literal("start-raised"), where: z.enum(["import", "init"]), ...raisedSchema }),
  z.strictObject({ type: z.literal("incomplete"), missing: z.string() }),
  z.strictObject({ type: z.literal("returned"), result: z.custom<ScriptResult>(isScriptResult) }),
  z.strictObject({ type: z.literal("bad-return"), returned: z.string() }),
  z.strictObject({ type: z.literal("raised"), ...raisedSchema }),
  /** Said by no script: its thread ended, and how. */
  z.strictObject({ type: z.literal("gone"), ...raisedSchema }),
]);
type Answer = z.infer<typeof answerSchema>;

const endTimeoutMs = 1500;

/** Any value may be thrown. */
const wordsOf = (thrown: unknown) => (thrown instanceof Error ? `${thrown.name}: ${thrown.message}` : inspect(thrown));

/** A script in a thread of this process: where it calls `process.exit()`, only the thread ends. */
export function nodeProgram(settings: ScriptSettings): ScriptProgram {
  const { folder, script, log } = settings;
  let thread: Worker | null = null;
  let gone: Extract<Answer, { type: "gone" }> | null = null;
  let hearNext: (answer: Answer) => void = () => undefined;

  function startThread(): void {
    // A thread has the working folder of its process.
    process.chdir(folder);
    const started = new Worker(runner, {
      eval: true,
      env: scriptEnvironment(settings),
      argv: [...settings.arguments],
      execArgv: [],
      workerData: { url: pathToFileURL(path.join(folder, script)).href },
      stdout: true,
      stderr: true,
    });
    thread = started;
    let fault: unknown = null;
    started.stdout.on("data", log.stdout);
    started.stderr.on("data", log.stderr);
    started.on("message", (message) => hearNext(answerSchema.parse(message)));
    started.on("error", (error) => {
      fault = error;
    });
    started.on("exit", (code) => {
      const trace = fault instanceof Error ? String(fault.stack) : "";
      const message = fault === null ? `with exit code ${code}` : `by an error that nothing caught: ${wordsOf(fault)}`;
      gone = { type: "gone", message, trace };
      hearNext(gone);
    });
  }

  /** What it says next; `ask` makes it speak. */
  async function answerTo(ask: () => void): Promise<Answer> {
    const answer = await new Promise<Answer>((resolve) => {
      hearNext = resolve;
      if (gone === null) ask();
      else resolve(gone);
    });
    // What it printed before comes in the same turn.
    await turn();
    return answer;
  }

  async function start(): Promise<ScriptStart> {
    const answer = await answerTo(startThread);
    switch (answer.type) {
      case "ready":
        return { ok: true, version: process.versions.node };
      case "incomplete":
        return lacks(answer.missing);
      case "start-raised": {
        log.error(answer.trace);
        const where = answer.where === "init" ? "init() of the script raised" : "The script could not be loaded:";
        return { ok: false, code: "script/failed", message: `${where} ${answer.message}` };
      }
      case "gone": {
        const message = `The script ended before it was ready, ${answer.message}.`;
        log.error(answer.trace === "" ? message : answer.trace);
        return { ok: false, code: "script/failed", message };
      }
      default:
        throw new Error(`a script that is starting answered ${answer.type}`);
    }
  }

  async function run(
    files: readonly string[],
    form: RowForm,
    takeRows: (bytes: Uint8Array) => Promise<void>,
  ): Promise<ScriptRun> {
    const answer = await answerTo(() => thread?.postMessage(files));
    switch (answer.type) {
      case "returned": {
        const { columns, rows } = encodeResult(answer.result, form);
        for (const bytes of rows) await takeRows(bytes);
        return { kind: "returned", length: answer.result.length, columns };
      }
      case "raised":
        log.error(answer.trace);
        return { kind: "failed", code: "script-raised", message: answer.message };
      case "bad-return": {
        const failed = badReturn(answer.returned);
        if (failed.kind === "failed") log.error(failed.message);
        return failed;
      }
      case "gone": {
        const message = `The script ended itself in run(), ${answer.message}.`;
        log.error(answer.trace === "" ? message : answer.trace);
        return { kind: "failed", code: "script-exited", message };
      }
      default:
        throw new Error(`a script that runs answered ${answer.type}`);
    }
  }

  return {
    start,
    run,
    isAlive: () => gone === null,
    async end() {
      if (thread === null) return;
      const ending = thread;
      if (gone === null) {
        const killing = setTimeout(() => void ending.terminate(), endTimeoutMs);
        // A script that was refused hears nothing any more.
        const answer = await answerTo(() => ending.postMessage(null));
        clearTimeout(killing);
        if (answer.type === "raised") log.error(answer.trace);
        // Its shutdown() raised, so that it goes on: nobody would ever end it.
        if (gone === null) await ending.terminate();
      }
      process.chdir(path.parse(folder).root);
      await turn();
    },
  };
}
