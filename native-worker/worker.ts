import { systemErrno } from "../electron/contract/errno.ts";
import type { ParentPort } from "../electron/contract/messages/parent-port.ts";
import type { FromWorker, OpenJob, ToWorker } from "../electron/contract/messages/worker-messages.ts";
import { toWorkerSchema, workerProtocolVersion } from "../electron/contract/messages/worker-messages.ts";
import { createJobOpener, type OpenedJob } from "./open-job.ts";
import { reasonOf } from "./writers/errors-encoder.ts";
import type { MiniBatchOutcome } from "./scorers/score-mini-batch.ts";
import { failMiniBatch } from "./scorers/score-mini-batch.ts";
import type { CommitGroup } from "./writers/commit-group.ts";

/**
 * One worker: takes messages in the order they come and works on one mini-batch at a time. What it is told is parsed; a
 * message that does not parse, or that makes no sense now, is a bug and ends the process (`onBug`).
 */
export function startWorker(port: ParentPort, onBug: (error: unknown) => void): void {
  const waiting: ToWorker[] = [];
  let isWorking = false;
  let job: OpenedJob | null = null;
  const send = (message: FromWorker) => port.send(message);
  const openJob = createJobOpener(send);

  port.onMessage((raw) => {
    const message = toWorkerSchema.safeParse(raw);
    if (!message.success) {
      onBug(message.error);
      return;
    }
    waiting.push(message.data);
    if (!isWorking) workThrough().catch(onBug);
  });
  send({ type: "started", protocolVersion: workerProtocolVersion });

  async function workThrough(): Promise<void> {
    isWorking = true;
    for (let message = waiting.shift(); message !== undefined; message = waiting.shift()) {
      await handle(message);
      // Nothing else to do: what is written need not wait for more to be synced with.
      if (waiting.length === 0) job?.commits.hurry();
    }
    isWorking = false;
  }

  async function handle(message: ToWorker): Promise<void> {
    if (message.type === "open-job") {
      if (job !== null) throw new Error("a job is open already");
      job = await openJob(message);
      return;
    }
    if (job === null) throw new Error(`no job is open for ${message.type}`);
    if (message.type !== "close-job") job.status.working(message.miniBatch.id);
    await handleOfJob(message, job);
    if (job !== null) job.status.idle();
  }

  async function handleOfJob(message: Exclude<ToWorker, OpenJob>, opened: OpenedJob): Promise<void> {
    const { spec, scorer, release, segment, status, commits } = opened;
    switch (message.type) {
      case "score-mini-batch":
        return finishMiniBatch(message.miniBatch.id, message.attempt, commits, () => scorer.score(segment, message));
      case "fail-mini-batch":
        return finishMiniBatch(message.miniBatch.id, 1, commits, () => failMiniBatch(spec, segment, message));
      case "probe-mini-batch":
        await scorer.probe(message);
        send({ type: "mini-batch-probed", miniBatchId: message.miniBatch.id });
        return;
      case "close-job":
        await commits.settle();
        await segment.close();
        await release();
        status.close();
        job = null;
        send({ type: "job-closed" });
        return;
    }
  }

  /** Works on a mini-batch, and hands its record to the next sync or says why there is none. */
  async function finishMiniBatch(
    miniBatchId: number,
    attempt: number,
    commits: CommitGroup,
    work: () => Promise<MiniBatchOutcome>,
  ): Promise<void> {
    try {
      const outcome = await work();
      if (outcome.ok) commits.add(outcome.committed);
      else send({ type: "mini-batch-failed", miniBatchId, attempt, ...outcome.problem });
    } catch (error) {
      const errno = systemErrno(error);
      const stage = errno === null ? "infer" : "write";
      send({ type: "mini-batch-failed", miniBatchId, attempt, stage, code: null, message: reasonOf(error), errno });
    }
  }
}
