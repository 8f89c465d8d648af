import type { JobView } from "../../contract/nouns/job.ts";
import { isTerminal } from "../../contract/job-status.ts";
import type { Result } from "../../contract/problem.ts";
import { problemSentence } from "../../contract/words/english-problems.ts";
import { success } from "../../contract/problem.ts";
import { ifWritable } from "../../workspace/disk.ts";
import type { CommandContext } from "../terminal/command.ts";
import { exitCodes } from "../terminal/exit-codes.ts";
import { goesOnText, jobJson, warningText, whyText } from "../text/job-report.ts";
import { jobColumns, jobHeadline, progressBar, summaryLines } from "../text/job-text.ts";
import { waitsForItsUser } from "../../contract/nouns/job.ts";
import { reuseSentence } from "../../contract/views/reuse-sentence.ts";

const lookMs = 100;
const quietNoteMs = 10_000;
const lastingMs = 1000;

/**
 * Waits for a job and shows how it goes. While it waits, this process becomes the engine if no other runs one.
 * Ctrl-C once pauses the job (resumable), twice stops at once (still resumable). A job that was taken up and then waits
 * for its user, since its input has changed, is refused.
 */
export async function waitForJob(
  context: CommandContext,
  name: string,
  {
    shownJob = name,
    showLogs = false,
  }: {
    /** The job whose end is shown, when that is another one: a retry's is that of the job that it retried. */
    readonly shownJob?: string;
    /** Shows what the job prints in Azure, and each of Azure's states, as they come. */
    readonly showLogs?: boolean;
  } = {},
): Promise<Result<number>> {
  const { workspace, terminal } = context;
  let interrupts = 0;
  const release = context.interrupts.take(() => {
    interrupts += 1;
    if (interrupts === 1) {
      terminal.note("Pausing; press Ctrl-C again to stop at once.");
      ifWritable(() => workspace.jobs.pause(name));
    } else {
      workspace.engine.kill();
      terminal.status("");
      terminal.note(`Stopped. Go on with: batchdeck job resume -n ${name}`);
      context.interrupts.exit();
    }
  });
  try {
    let noted = "";
    let isReuseShown = false;
    const warned = new Set<string>();
    let notedAt = 0;
    let wasGoing = false;
    const lasting = createLastingReason();
    const newsOfAzure = showLogs ? createNewsOfAzure(context, name) : () => [];
    return await whileWaiting(context, name, (job) => {
      if (job.status !== "Paused") wasGoing = true;
      for (const line of newsOfAzure(job)) terminal.note(line);
      for (const warning of job.warnings.map(warningText).filter((text) => !warned.has(text))) {
        warned.add(warning);
        terminal.status("");
        terminal.note(warning);
      }
      if (job.base_job !== null && job.total_known && !isReuseShown) {
        isReuseShown = true;
        terminal.status("");
        terminal.note(`${reuseOf(context, job)}.`);
      }
      if (isTerminal(job.status)) {
        const shown = job.status === "Completed" ? workspace.jobs.show(shownJob) : success(job);
        return success(tellEnd(context, shown.ok ? shown.value : job));
      }
      if (interrupts > 0 && job.status === "Paused") {
        terminal.status("");
        terminal.print?.view(jobJson(job), jobColumns);
        terminal.note(`Paused. ${goesOnText(job)}`);
        return success(exitCodes.interrupted);
      }
      if (wasGoing && job.status === "Paused" && job.problem !== null && waitsForItsUser(job.problem)) {
        terminal.status("");
        return { ok: false, problem: job.problem };
      }
      terminal.status(progressBar(job, terminal.width));
      // On a full disk not even the job's own state can say why nothing happens; this process knows.
      const problem = job.problem ?? workspace.engine.writeProblem();
      const reason = job.status === "Paused" || lasting(whyText(job)) !== null ? whyText(job) : null;
      const words = problem === null ? `${job.status} ${reason ?? ""}` : problemSentence(problem);
      // What stands still is said once; what moves, again and again where no bar shows it.
      const isMoving = terminal.width === null && job.status !== "Paused";
      if (words !== noted || (isMoving && performance.now() - notedAt > quietNoteMs)) {
        if (problem !== null) terminal.note(`${job.status}: ${words}`);
        else if (reason !== null) terminal.note(`${job.status}: ${reason}`);
        else if (terminal.width === null)
          terminal.note(job.total === 0 ? job.status : `${job.status}: ${jobHeadline(job)}`);
        noted = words;
        notedAt = performance.now();
      }
      return null;
    });
  } finally {
    release();
  }
}

function reuseOf({ workspace }: CommandContext, job: JobView): string {
  const spec = workspace.jobs.spec(job.name);
  return spec === null ? "" : reuseSentence(spec, { reused: job.reused, planned: job.total - job.skipped });
}

/** The states that Azure says, and what the job prints there: what of that is new. */
function createNewsOfAzure({ workspace }: CommandContext, name: string): (job: JobView) => readonly string[] {
  const nextLines = workspace.jobs.followAzureLog(name);
  let last: string | null = null;
  return ({ azure }) => {
    const status = azure?.status ?? null;
    const states = status === null || status === last ? [] : [`Azure: ${status}`];
    last = status;
    // What it printed came before the state was asked for again.
    return [...nextLines(), ...states];
  };
}

/** Tells why a job waits once that has been the same for a second: to start workers, say, takes less as a rule. */
function createLastingReason(): (reason: string | null) => string | null {
  let last: string | null = null;
  let since = performance.now();
  return (reason) => {
    if (reason !== last) since = performance.now();
    last = reason;
    return performance.now() - since >= lastingMs ? reason : null;
  };
}

/** Waits until `isDone` says so, being the engine meanwhile if nobody else is. For pause and cancel. */
export async function settleJob(
  context: CommandContext,
  name: string,
  isDone: (job: JobView) => boolean,
): Promise<Result<JobView>> {
  return whileWaiting(context, name, (job) => (isDone(job) ? success(job) : null));
}

async function whileWaiting<Value>(
  { workspace }: CommandContext,
  name: string,
  look: (job: JobView) => Result<Value> | null,
): Promise<Result<Value>> {
  const first = workspace.jobs.show(name);
  if (!first.ok) return first;
  const soon = look(first.value);
  if (soon !== null) return soon;
  const waiter = workspace.jobs.waitFor(name);
  if (!waiter.ok) return waiter;
  workspace.engine.start();
  try {
    for (;;) {
      // While another program holds the registry, nobody can tell how the job is; it goes on meanwhile.
      const job = ifWritable(() => workspace.jobs.show(name));
      if (job?.ok === false) return job;
      const answer = job === null ? null : look(job.value);
      if (answer !== null) return answer;
      waiter.value.beat();
      await new Promise((resolve) => setTimeout(resolve, lookMs));
    }
  } finally {
    waiter.value.end();
  }
}

/** Prints how a job ended; returns the exit code that says the same. */
export function tellEnd({ terminal, workspace }: CommandContext, job: JobView): number {
  terminal.status("");
  if (terminal.print !== null) terminal.print.view(jobJson(job), jobColumns);
  else {
    const hasPredictions = workspace.jobs.spec(job.name)?.settings.output_action !== "summary_only";
    terminal.result(summaryLines(job, hasPredictions));
    const partial = job.status === "Completed" ? null : workspace.jobs.readable(job.name).predictions;
    if (partial !== null) terminal.result(`Rows that were finished: ${partial.file}`);
  }
  if (job.problem !== null) terminal.note(problemSentence(job.problem));
  return exitCodeOf(job);
}

function exitCodeOf(job: JobView): number {
  switch (job.status) {
    case "Completed":
      return job.failed > 0 ? exitCodes.completedWithFailures : exitCodes.done;
    case "Canceled":
      return exitCodes.interrupted;
    default:
      return exitCodes.failed;
  }
}
