import { success } from "../../contract/problem.ts";
import type { WorkspaceCommand } from "../terminal/command.ts";
import { nameOption } from "../terminal/common-options.ts";
import { exitCodes } from "../terminal/exit-codes.ts";
import { showJob } from "./show-job.ts";

export const archiveCommands: readonly WorkspaceCommand[] = [
  archiving("job archive", "leave a finished job out of lists; everything else of it stays", true),
  archiving("job restore", "show an archived job in lists again", false),
];

function archiving(words: string, summary: string, archived: boolean): WorkspaceCommand {
  return {
    words,
    usage: [nameOption("JOB")],
    summary,
    async run(context, values) {
      const changed = context.workspace.jobs.archive(values.text("name") ?? "", archived);
      if (!changed.ok) return changed;
      const how = archived ? "is archived: job list --include-archived shows it" : "is in lists again";
      context.terminal.note(`The job ${changed.value.name} ${how}.`);
      return context.terminal.print === null ? success(exitCodes.done) : showJob(context, changed.value);
    },
  };
}
