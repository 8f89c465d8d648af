import type { WatchView } from "../../contract/nouns/data-view.ts";
import { isTerminal } from "../../contract/job-status.ts";
import { failure, type Result, success } from "../../contract/problem.ts";
import { problemSentence } from "../../contract/words/english-problems.ts";
import type { WorkspaceCommand, CommandContext } from "../terminal/command.ts";
import { type CommandValues, keyValues } from "../terminal/command-values.ts";
import { deploymentOption, nameOption, setOption } from "../terminal/common-options.ts";
import { exitCodes } from "../terminal/exit-codes.ts";
import { jobHeadline } from "../text/job-text.ts";
import { showList, showOne } from "../terminal/show.ts";
import { optional, optionals, positional, text } from "../terminal/usage.ts";

const watchColumns = [
  "folder",
  "endpoint_name",
  "state",
  "jobs",
  "files_submitted",
  "files_refused",
  "last_job",
  "why",
];

export const watchCommands: readonly WorkspaceCommand[] = [
  {
    words: "watch add",
    usage: [
      positional("DIR"),
      nameOption("ENDPOINT", "the endpoint that scores its files"),
      ...optionals(
        deploymentOption,
        text("output-path", "DIR", "each job writes to DIR/JOB; left out: WORKSPACE/outputs/JOB"),
        setOption,
        text("settle", "SECONDS", "a file has arrived once it has not changed for so long; left out: 5"),
      ),
    ],
    summary: "score what is in a folder and whatever arrives there, each file once",
    details: [
      "Files are watched while Batchdeck is open, or with: batchdeck watch run",
      "The default deployment is that of the time when files arrive. --set takes the keys of: batchdeck invoke --help",
    ],
    async run(context, values) {
      const overrides = keyValues("set", values.list("set"));
      if (!overrides.ok) return overrides;
      const settleSeconds = secondsOf(values, "settle");
      if (!settleSeconds.ok) return settleSeconds;
      const added = await context.workspace.watches.add({
        folder: values.positionals[0] ?? "",
        endpointName: values.text("name") ?? "",
        deploymentName: values.text("deployment-name"),
        outputPath: values.text("output-path"),
        overrides: overrides.value,
        settleSeconds: settleSeconds.value,
      });
      if (!added.ok) return added;
      if (added.value.state === "idle") {
        context.terminal.note("It is watched while Batchdeck is open, or with: batchdeck watch run");
      }
      return showOne(context, added.value);
    },
  },
  {
    words: "watch list",
    usage: [],
    summary: "list the watched folders, how they stand and what they wait for",
    async run(context) {
      return listWatches(context);
    },
  },
  {
    words: "watch remove",
    usage: [positional("DIR"), optional(nameOption("ENDPOINT", "for that endpoint only"))],
    summary: "stop watching a folder; its jobs and their outputs stay",
    async run(context, values) {
      const removed = context.workspace.watches.remove(values.positionals[0] ?? "", values.text("name"));
      if (!removed.ok) return removed;
      for (const { folder, endpoint_name } of removed.value) {
        context.terminal.note(`${folder} is not watched any more for the endpoint ${endpoint_name}.`);
      }
      context.terminal.print?.view(removed.value);
      return success(exitCodes.done);
    },
  },
  {
    words: "watch run",
    usage: [],
    summary: "watch the folders and run every job, as the window does, until Ctrl-C",
    scope: "all",
    run: runWatches,
  },
];

function listWatches(context: CommandContext): Result<number> {
  const watches = context.workspace.watches.list();
  return showList(
    context,
    context.terminal.print !== null ? watches : watches.map((watch) => ({ ...watch, why: whyOf(watch) })),
    watchColumns,
    "No folder is watched yet. Watch one: batchdeck watch add DIR -n ENDPOINT",
  );
}

function whyOf({ problem, state }: WatchView): string | null {
  if (problem !== null) return problemSentence(problem);
  return state === "idle" ? "Open Batchdeck, or run: batchdeck watch run" : null;
}

function secondsOf(values: CommandValues, name: string): Result<number | null> {
  const given = values.text(name);
  if (given === null) return success(null);
  const seconds = Number(given);
  if (/^\d+(\.\d+)?$/.test(given) && seconds >= 0.1 && seconds <= 86_400) return success(seconds);
  return failure("usage/invalid", `--${name} needs seconds from 0.1 to 86400, not "${given}".`);
}

/** Runs until it is stopped. Jobs in hand then go on when somebody runs them again. */
async function runWatches(context: CommandContext): Promise<Result<number>> {
  const { workspace, terminal } = context;
  const { jobs, watches, engine } = workspace;
  if (watches.list().length === 0) {
    return failure("watch/not-found", "No folder is watched yet.", "Watch one: batchdeck watch add DIR -n ENDPOINT");
  }
  let { revision } = jobs.changedSince(0);
  const shown = new Map<string, string>();
  const show = () => {
    const changed = jobs.changedSince(revision);
    revision = changed.revision;
    for (const job of changed.jobs.filter(({ status }) => isTerminal(status))) {
      terminal.note(`${job.name}: ${job.status}: ${jobHeadline(job)}`);
    }
    for (const { id, folder, problem } of watches.problems()) {
      const why = problem === null ? "" : problemSentence(problem);
      if (why !== "" && shown.get(id) !== why) terminal.note(`${folder}: ${why}`);
      shown.set(id, why);
    }
  };
  const unwatch = workspace.watch(show);
  await new Promise<void>((resolve) => {
    context.interrupts.take(() => resolve());
    engine.start();
    watches.start();
    terminal.note("Watching; end it with Ctrl-C.");
  });
  unwatch();
  terminal.note("Watching has ended. What was not finished goes on with: batchdeck watch run");
  return terminal.print !== null ? listWatches(context) : success(exitCodes.done);
}
