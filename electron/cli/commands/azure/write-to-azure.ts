import type { AzureProgress } from "../../../contract/views/azure-write.ts";
import { type Result, success } from "../../../contract/problem.ts";
import { problemSentence } from "../../../contract/words/english-problems.ts";
import type { Waiting } from "../../../workspace/azure/azure.ts";
import type { CommandContext } from "../../terminal/command.ts";
import type { CommandValues } from "../../terminal/command-values.ts";
import { exitCodes } from "../../terminal/exit-codes.ts";
import { doneText, workingText } from "../../text/azure-progress-text.ts";

/**
 * Changes something in Azure while its user watches: what is done is said, what goes on is shown. Ctrl-C leaves Azure to go on
 * by itself. A refusal before anything was sent is one; after that something was started and failed.
 */
export async function writeToAzure<Value>(
  { terminal, interrupts }: CommandContext,
  values: CommandValues,
  write: (waiting: Waiting) => Promise<Result<Value>>,
  show: (value: Value) => Result<number> | Promise<Result<number>>,
): Promise<Result<number>> {
  const leave = new AbortController();
  const release = interrupts.take(() => leave.abort());
  let isStarted = false;
  let last = "";
  const onProgress = (progress: AzureProgress) => {
    isStarted ||= progress.kind !== "registered" || progress.isNew;
    terminal.status(workingText(progress));
    // Where no line can be overwritten, each state is said once.
    const said =
      doneText(progress) ?? (terminal.width === null && progress.kind === "working" ? workingText(progress) : null);
    if (said === null || said === last) return;
    last = said;
    terminal.note(said);
  };
  try {
    const written = await write({ onProgress, signal: leave.signal, isLeft: values.flag("no-wait") });
    terminal.status("");
    if (written.ok) return await show(written.value);
    const { problem } = written;
    const isLeft = leave.signal.aborted;
    if (!isLeft && !isStarted && problem.code !== "azure/operation-failed") return written;
    terminal.note(problemSentence(problem));
    return success(isLeft ? exitCodes.interrupted : exitCodes.failed);
  } finally {
    release();
  }
}
