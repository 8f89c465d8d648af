import type { JobPriority } from "../../contract/nouns/deployment.ts";
import { jobPrioritySchema } from "../../contract/nouns/deployment.ts";
import type { Result } from "../../contract/problem.ts";
import { failure, success } from "../../contract/problem.ts";
import type { WorkspaceCommand, CommandContext } from "../terminal/command.ts";
import type { CommandValues } from "../terminal/command-values.ts";
import { nameOption } from "../terminal/common-options.ts";
import { exitCodes } from "../terminal/exit-codes.ts";
import { flag, oneOf, optional, text } from "../terminal/usage.ts";
import { showJob } from "./show-job.ts";
import type { QueuePlace } from "../../contract/views/queue.ts";

export const jobUpdateCommand: WorkspaceCommand = {
  words: "job update",
  usage: [
    nameOption("JOB"),
    optional(text("priority", "low|medium|high", "jobs of a higher one go first")),
    optional(
      oneOf(
        [flag("first", "before all others of its priority")],
        [flag("last", "after all others of its priority")],
        [text("before", "JOB", "before that job, with its priority")],
      ),
    ),
  ],
  summary: "move a job that waits or runs to another place in the queue",
  async run(context, values) {
    const priority = priorityOf(values.text("priority"));
    if (!priority.ok) return priority;
    const place = placeOf(values);
    if (!place.ok) return place;
    if (priority.value === null && place.value === null) {
      return failure(
        "usage/invalid",
        "Nothing to change was given.",
        "Add --priority, --first, --last or --before JOB.",
      );
    }
    const arranged = context.workspace.jobs.arrange(values.text("name") ?? "", {
      ...(priority.value === null ? {} : { priority: priority.value }),
      ...(place.value === null ? {} : { place: place.value }),
    });
    return arranged.ok ? showJob(context, arranged.value) : arranged;
  },
};

function priorityOf(given: string | null): Result<JobPriority | null> {
  if (given === null) return success(null);
  const priority = jobPrioritySchema.safeParse(given);
  if (priority.success) return success(priority.data);
  return failure("usage/invalid", `"${given}" is not a priority.`, "Use --priority low, medium or high.");
}

function placeOf(values: CommandValues): Result<QueuePlace | null> {
  const before = values.text("before");
  const places: readonly QueuePlace[] = [
    ...(values.flag("first") ? [{ kind: "first" as const }] : []),
    ...(values.flag("last") ? [{ kind: "last" as const }] : []),
    ...(before === null ? [] : [{ kind: "before" as const, job: before }]),
  ];
  if (places.length < 2) return success(places[0] ?? null);
  return failure("usage/invalid", "A job has one place.", "Give one of --first, --last and --before JOB.");
}

/** Of `job pause` and `job resume`: either one job by its name, or the whole queue. */
export function isWholeQueue(values: CommandValues): Result<boolean> {
  const all = values.flag("all");
  if (all !== (values.text("name") !== null)) return success(all);
  return failure(
    "usage/invalid",
    all ? "--all means every job: leave --name out." : "Which job is missing.",
    "Give --name JOB, or --all.",
  );
}

const lookMs = 100;

/** Pauses the queue, and waits until the engine that is at work, if any, has handed its jobs over. */
export async function pauseQueue(context: CommandContext): Promise<Result<number>> {
  const { workspace } = context;
  workspace.queue.pause();
  while (atWork(context) > 0 && workspace.engine.isAnyoneAtWork()) {
    await new Promise((resolve) => setTimeout(resolve, lookMs));
  }
  return tellQueue(context, "The queue is paused: nothing runs until batchdeck job resume --all.");
}

/** Lets the queue go on. It does not wait for the jobs: whoever waits for them, or the window, runs them. */
export function resumeQueue(context: CommandContext): Result<number> {
  const { workspace } = context;
  workspace.queue.resume();
  const runs = workspace.engine.isAnyoneAtWork()
    ? ""
    : " Its jobs run as soon as Batchdeck is open, or a command waits for them: batchdeck job stream -n JOB";
  return tellQueue(context, `The queue goes on.${runs}`);
}

function atWork({ workspace }: CommandContext): number {
  const busy: readonly string[] = ["Preparing", "Running", "Finalizing", "CancelRequested"];
  return workspace.jobs.list().filter((job) => busy.includes(job.status)).length;
}

function tellQueue({ terminal, workspace }: CommandContext, sentence: string): Result<number> {
  terminal.note(sentence);
  const queued = workspace.jobs.list().filter((job) => job.status === "Queued").length;
  terminal.print?.view({ queue_paused: workspace.queue.isPaused(), queued });
  return success(exitCodes.done);
}
