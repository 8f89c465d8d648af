import { type Result, success } from "../../contract/problem.ts";
import type { CommandContext, WorkspaceCommand } from "../terminal/command.ts";
import { nameOption } from "../terminal/common-options.ts";
import { exitCodes } from "../terminal/exit-codes.ts";
import { showOne } from "../terminal/show.ts";
import { flag, optionals, text } from "../terminal/usage.ts";

export const downloadCommand: WorkspaceCommand = {
  words: "job download",
  usage: [
    nameOption("JOB"),
    ...optionals(
      text("output-name", "score", "the output of that name; a batch job has this one"),
      text("download-path", "DIR", "where the files go; left out: the folder that you are in", { alias: "p" }),
    ),
  ],
  withoutEffect: [flag("all", "")],
  summary: "copy the files of a finished job into a folder; a file that is there with other content is never replaced",
  run: (context, values) =>
    download(context, values.text("name") ?? "", values.text("output-name"), values.text("download-path") ?? "."),
};

async function download(
  context: CommandContext,
  name: string,
  output: string | null,
  folder: string,
): Promise<Result<number>> {
  const { terminal, workspace, interrupts } = context;
  const ending = new AbortController();
  const release = interrupts.take(() => ending.abort());
  try {
    const downloaded = await workspace.jobs.download(name, output, folder, {
      onProgress: (done, total) => terminal.status(`Copying: ${done} of ${total} files`),
      signal: ending.signal,
    });
    terminal.status("");
    if (!downloaded.ok) return downloaded;
    if (downloaded.value !== null) return showOne(context, downloaded.value);
    terminal.note("Ended; what was copied whole stays.");
    return success(exitCodes.interrupted);
  } finally {
    release();
  }
}
