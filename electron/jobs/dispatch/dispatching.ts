import path from "node:path";
import { isFromOutside } from "../../compute/deaths-in-a-row.ts";
import type { ProcessExit } from "../../compute/process-host.ts";
import { lastWords } from "../../compute/worker.ts";
import type { WorkerPool } from "../../compute/worker-pool.ts";
import { deviceTitles } from "../../contract/nouns/device.ts";
import type { JobSpec } from "../../contract/nouns/job-spec.ts";
import { type Problem, type ProblemCode, withFullStop } from "../../contract/problem.ts";
import type { WorkerStatus } from "../../contract/messages/worker-status.ts";
import type { CommittedUnit, FromWorker } from "../../contract/messages/worker-messages.ts";
import { workerProtocolVersion } from "../../contract/messages/worker-messages.ts";
import { blockedBy } from "../folder/blocked.ts";
import type { JobFiles } from "../folder/job-files.ts";
import type { Journal, UnitCommit, UnitToDo } from "../journal/journal.ts";
import type { JobLog } from "../folder/job-log.ts";
import { createUnitFates } from "./unit-fates.ts";
import { unitPlace } from "../folder/unit-place.ts";
import { createUnitQueue } from "./unit-queue.ts";
import type { Claimed, Slot } from "./worker-slot.ts";
import { claimOf, describeDeath, isLate, isSuspect, requestFor, startHead, startSeconds } from "./worker-slot.ts";
import { written } from "../../contract/problem.ts";

/**
 * Gives a job's units to workers and takes their commits. Every unit that is claimed is given back on each road that
 * does not commit it: a failed attempt (`unit-failed`), a probe, a death, a time-out, a stop.
 *
 * A worker's life here: starting (process and model are loading) → ready → closing (the job is done or stops).
 */
export type Dispatching = {
  /** There may be new units in the journal, or more workers may be used. */
  readonly fill: () => void;
  /**
   * How many workers may work on this job from now on. Those above it get nothing new, have two seconds for what they
   * hold, and go back to the pool; what they could not finish returns to the queue, uncounted and unsuspected.
   */
  readonly setSlots: (slots: number) => void;
  /** Kills workers that ran out of time. `activeMs`: a clock that stands still while the machine sleeps. */
  readonly tick: (activeMs: number) => void;
  readonly workersInUse: () => number;
  /** Of those, the ones that hold units. */
  readonly workersAtWork: () => number;
  /** Items of units in work that are done but not committed yet. */
  readonly itemsInWork: () => { readonly done: number; readonly failed: number };
  /** These units were done and are to do again. */
  readonly takeAgain: (units: readonly UnitToDo[]) => void;
  /** There are units that nobody has claimed. */
  readonly hasNext: () => boolean;
  /** `finish`: lets workers end what they hold, for two seconds at most; `now`: kills them. Gives workers back to the pool. */
  readonly stop: (how: "finish" | "now") => Promise<void>;
  /** Kills every worker at once, before it returns. */
  readonly kill: () => void;
};

export type DispatchingListener = {
  /** `failedFiles`: how many files have a failed item in them that had none before. */
  readonly onCommitted: (units: readonly CommittedUnit[], failedFiles: number) => void;
  readonly onOpened: (opened: Extract<FromWorker, { type: "job-opened" }>) => void;
  /** The job cannot go on: it fails (`failed`) or waits for the disk (`blocked`). */
  readonly onStuck: (how: "failed" | "blocked", problem: Problem) => void;
  readonly onWorkerDeath: () => void;
};

const mostClaimedUnits = 64;
const claimedAheadMs = 100;
const finishPatienceMs = 2000;
const deathsBeforeReady = 3;
/** Fewer, so that the CPU is tried before the job is given up. */
const deathsOfDeviceBeforeReady = 2;
const outsideKillsBeforeReady = 10;
const initsPerWorker = 3;
const scriptRemedies: Partial<Readonly<Record<ProblemCode, string>>> = {
  "script/invalid": "Mend the script, then: batchdeck deployment update -f FILE --trust",
  "script/not-trusted": "Look at the original of the code, then: batchdeck deployment update -f FILE --trust",
  "environment/invalid":
    "Create the environment again with an interpreter that is there: batchdeck environment create -n NAME --python PATH",
};
const deadlyItemsInARow = 3;
const blamelessDeathsInARow = 10;
const blamelessKills = 50;

export function createDispatching(context: {
  readonly spec: JobSpec;
  readonly files: JobFiles;
  readonly epoch: number;
  readonly journal: Journal;
  readonly pool: WorkerPool;
  readonly idleSeconds: number;
  readonly log: JobLog;
  /** Runs what a message or a death leads to, and sees to exceptions. */
  readonly guarded: (work: () => void) => void;
  readonly listener: DispatchingListener;
}): Dispatching {
  const { spec, files, epoch, journal, pool, idleSeconds, log, guarded, listener } = context;
  const queue = createUnitQueue(journal);
  const fates = createUnitFates(spec, journal, log);
  const slots = new Set<Slot>();
  let allowedSlots = 0;
  let nowMs = 0;
  let segments = 0;
  let isStopped = false;
  let isStuck = false;
  let whenEmpty: (() => void) | null = null;

  let failedStarts = 0;
  /** How often init() of a script has failed since it last did not. */
  let failedInits = 0;
  let outsideKillsAtStart = 0;
  let deadlyItems = 0;
  /** Workers ended while the device was at work: from then on the CPU is used, and this says why. */
  let deviceFault: string | null = null;
  let blamelessDeaths = 0;
  /** Milliseconds that a unit takes, smoothed; decides how many are sent ahead. */
  let unitMs = claimedAheadMs;

  function fill(): void {
    if (isStopped || isStuck) return;
    const staying = [...slots].filter((slot) => slot.leaveByMs === null);
    for (const slot of staying) if (slot.state === "ready") give(slot);
    const starting = staying.filter((slot) => slot.state === "starting").length;
    // A worker for each unit that nobody has, not for each that is allowed: a process costs more than a small unit. The
    // first one loads the model while the first units are still being cut.
    const isFirst = staying.length === 0 && !journal.facts().planned;
    if (staying.length < allowedSlots && (isFirst || queue.hasMoreThan(starting))) {
      open();
      fill();
    }
  }

  /** Lets go of the workers above the number allowed: first those that hold least. One that left in vain may stay. */
  function shed(): void {
    const useful = (slot: Slot) => (slot.state === "starting" ? -1 : slot.claimed.length);
    const open = [...slots]
      .filter((slot) => slot.state !== "closing")
      .sort((one, other) => useful(other) - useful(one));
    for (const [place, slot] of open.entries()) {
      if (place < allowedSlots) slot.leaveByMs = null;
      else slot.leaveByMs ??= nowMs + finishPatienceMs;
    }
    afterChange();
  }

  function open(): void {
    segments += 1;
    const segment = `${epoch}-${segments}.segment`;
    const device = deviceFault === null ? spec.device : "cpu";
    const workerKey = JSON.stringify([spec.model.file, device, spec.settings.environment_variables]);
    const worker = pool.take(workerKey, spec.settings.environment_variables);
    const slot: Slot = {
      worker,
      segment,
      statusFile: path.join(files.segments, `${epoch}-${segments}.status`),
      state: "starting",
      claimed: [],
      timedOut: false,
      leaveByMs: null,
      headSinceMs: nowMs,
      lastAdvanceMs: nowMs,
      running: null,
      itemsDone: 0,
      itemsFailed: 0,
    };
    slots.add(slot);
    worker.listen({
      onMessage: (message) => guarded(() => hear(slot, message)),
      onDeath: (exit) => {
        slots.delete(slot);
        guarded(() => mourn(slot, exit));
        afterChange();
      },
    });
    worker.send({
      type: "open-job",
      protocolVersion: workerProtocolVersion,
      workerId: worker.id,
      spec: { ...spec, device },
      segmentFile: path.join(files.segments, segment),
      statusFile: slot.statusFile,
      logsFolder: files.logs,
    });
    log.info(
      `${worker.id} ${spec.scorer.kind === "script" ? "loads the script" : "opens the model"} (process ${worker.pid() ?? "not started yet"}).`,
    );
  }

  function give(slot: Slot): void {
    const most = Math.max(2, Math.min(mostClaimedUnits, Math.ceil(claimedAheadMs / unitMs)));
    const given: Claimed[] = [];
    while (slot.claimed.length + given.length < most) {
      // A unit under suspicion is worked on alone, so that a death takes nothing else with it.
      if (slot.claimed.concat(given).some((claimed) => isSuspect(claimed.todo))) break;
      const todo = queue.next();
      if (todo === undefined) break;
      if (isSuspect(todo) && slot.claimed.length + given.length > 0) {
        queue.putBack(todo);
        break;
      }
      given.push(claimOf(todo));
    }
    if (given.length === 0) return;
    journal.claim(given.map((claimed) => claimed.todo.unit.id));
    if (slot.claimed.length === 0) startHead(slot, nowMs);
    slot.claimed.push(...given);
    for (const claimed of given) slot.worker.send(requestFor(claimed, batchOf(claimed.todo)));
  }

  /** Rows per run: less than the job's batch once that much did not fit into memory, for this unit or for another. */
  function batchOf(todo: UnitToDo): number {
    return Math.min(todo.suspicion.batch ?? spec.batch, journal.facts().smallestBatch ?? spec.batch);
  }

  function hear(slot: Slot, message: FromWorker): void {
    switch (message.type) {
      case "started":
        return;
      case "job-opened":
        failedStarts = 0;
        failedInits = 0;
        outsideKillsAtStart = 0;
        slot.state = "ready";
        slot.lastAdvanceMs = nowMs;
        log.info(
          `${slot.worker.id} is ready: ${message.provider}, opened in ${Math.round(message.loadMs)} ms.` +
            (message.fallback === null ? "" : ` ${message.fallback}`),
        );
        listener.onOpened({ ...message, fallback: message.fallback ?? deviceFault });
        fill();
        afterChange();
        return;
      case "job-refused": {
        const blocked = blockedBy(message.errno, files.folder);
        if (blocked !== null) {
          stuck("blocked", blocked);
          return;
        }
        if (message.code !== null) {
          takeScriptRefusal(slot, message.code, message.message);
          return;
        }
        stuck(
          "failed",
          written(
            "worker/cannot-start",
            `A worker could not open the model: ${message.message}`,
            "Create the deployment again from a model that opens.",
          ),
        );
        return;
      }
      case "progress":
        slot.lastAdvanceMs = nowMs;
        slot.running = { unitId: message.unitId, sinceMs: nowMs };
        slot.itemsDone = message.itemsDone;
        slot.itemsFailed = message.itemsFailed;
        if (message.itemsDone > message.itemsFailed) deadlyItems = 0;
        return;
      case "units-committed":
        takeCommits(slot, message.units);
        return;
      case "unit-probed":
        takeBack(slot, message.unitId, true, fates.afterProbe);
        deadlyItems = 0;
        fill();
        return;
      case "unit-failed":
        takeFailure(slot, message);
        return;
      case "job-closed":
        release(slot);
        return;
    }
  }

  /** A script that is not one ends the job; an init() that failed is tried again, as often as Azure ML does. */
  function takeScriptRefusal(slot: Slot, code: ProblemCode, message: string): void {
    if (code === "script/failed") {
      failedInits += 1;
      log.warning(`${slot.worker.id}: ${message}`);
      if (failedInits < initsPerWorker * spec.workers) {
        release(slot);
        fill();
        return;
      }
    }
    stuck("failed", scriptProblem(code, message));
  }

  function scriptProblem(code: ProblemCode, message: string): Problem {
    const traces = path.join(files.logs, "user", "error");
    const remedy =
      code === "script/failed"
        ? `What it said is in ${traces}; mend the script, then: batchdeck deployment update -f FILE --trust`
        : (scriptRemedies[code] ?? "");
    return written(code, withFullStop(message), remedy);
  }

  function takeCommits(slot: Slot, units: readonly CommittedUnit[]): void {
    const ours: UnitCommit[] = [];
    for (const unit of units) {
      const todo = slot.claimed.find((claimed) => claimed.todo.unit.id === unit.unitId)?.todo;
      if (todo !== undefined) ours.push(commitOf(todo, unit));
    }
    const failedFiles = journal.commit(slot.segment, slot.worker, ours);
    const done = new Set(ours.map(({ unit }) => unit.unitId));
    slot.claimed = slot.claimed.filter((claimed) => !done.has(claimed.todo.unit.id));
    if (ours.length > 0) {
      const took = (nowMs - slot.headSinceMs) / ours.length;
      unitMs = Math.max(0.5, unitMs * 0.7 + took * 0.3);
      blamelessDeaths = 0;
      if (ours.some(({ unit }) => unit.succeeded > 0)) deadlyItems = 0;
    }
    startHead(slot, nowMs);
    listener.onCommitted(
      ours.map(({ unit }) => unit),
      failedFiles,
    );
    fill();
    afterChange();
  }

  /** What the journal notes of a finished unit. A run made smaller by deaths counts like one made smaller by a refusal. */
  function commitOf(todo: UnitToDo, unit: CommittedUnit): UnitCommit {
    const sizes = [unit.smallestRun, todo.suspicion.batch].filter((size) => size !== null);
    const smallestRun = sizes.length === 0 ? null : Math.min(...sizes);
    const before = journal.facts().smallestBatch ?? spec.batch;
    if (smallestRun !== null && smallestRun < before) {
      log.warning(
        `${unitPlace(todo.unit)}: there was not enough memory for runs of ${before} rows; from here on they have at most ${smallestRun}.`,
      );
    }
    log.debug(
      `${unitPlace(todo.unit)}: ${unit.succeeded} succeeded, ${unit.failed} failed, in ${Math.round(unit.durationMs)} ms.`,
    );
    const files = unit.failedParts.flatMap((place) => todo.unit.parts[place]?.file ?? []);
    return { unit: { ...unit, smallestRun }, failedFiles: files };
  }

  function takeFailure(slot: Slot, message: Extract<FromWorker, { type: "unit-failed" }>): void {
    const blocked =
      message.stage === "read"
        ? blockedBy(message.errno, spec.input.path, "read")
        : blockedBy(message.errno, files.folder);
    takeBack(slot, message.unitId, blocked !== null, (todo) =>
      blocked === null ? fates.afterFailure(todo, message) : todo,
    );
    if (blocked !== null) stuck("blocked", blocked);
    fill();
    afterChange();
  }

  /** Ends the claim of one unit and puts what `change` makes of it back in the queue. */
  function takeBack(slot: Slot, unitId: number, giveBack: boolean, change: (todo: UnitToDo) => UnitToDo): void {
    const claimed = slot.claimed.find((candidate) => candidate.todo.unit.id === unitId);
    if (claimed === undefined) return;
    slot.claimed = slot.claimed.filter((candidate) => candidate !== claimed);
    if (slot.running?.unitId === unitId) slot.running = null;
    journal.unclaim([unitId], giveBack);
    queue.putBack(change(claimed.todo));
    startHead(slot, nowMs);
  }

  function mourn(slot: Slot, exit: ProcessExit): void {
    const wasSentAway = (isStopped || slot.leaveByMs !== null) && !slot.timedOut;
    if (wasSentAway) log.info(`${slot.worker.id} was ended before it had finished; what it held goes back.`);
    else {
      listener.onWorkerDeath();
      log.warning(`${slot.worker.id} ${describeDeath(spec, slot, exit)}`);
    }
    if (slot.state === "starting") {
      if (wasSentAway) return;
      if (isFromOutside(exit) && !slot.timedOut) outsideKillsAtStart += 1;
      else failedStarts += 1;
      if (failedStarts >= deathsOfDeviceBeforeReady && blameDevice()) failedStarts = 0;
      if (failedStarts >= deathsBeforeReady || outsideKillsAtStart >= outsideKillsBeforeReady) {
        if (spec.scorer.kind === "script" && slot.timedOut) {
          const message = `init() of the script did not end within ${startSeconds(spec)} seconds, ${failedStarts} times in a row.`;
          stuck("failed", scriptProblem("script/failed", message));
          return;
        }
        stuck(
          "failed",
          written(
            "worker/cannot-start",
            `Worker processes ended ${failedStarts + outsideKillsAtStart} times in a row before they were ready.`,
            "Check that the model still opens (batchdeck model show), then resume the job.",
          ),
        );
      }
    } else {
      takeBackAll(slot, isFromOutside(exit), wasSentAway);
    }
    fill();
  }

  /**
   * A worker died with units in hand: all go back. Its last words name the one that it was working on, which is looked at
   * more closely; a death between units is nobody's fault.
   */
  function takeBackAll(slot: Slot, fromOutside: boolean, wasSentAway: boolean): void {
    const { claimed } = slot;
    slot.claimed = [];
    const words = lastWords(slot.statusFile);
    const named = claimed.find((candidate) => candidate.todo.unit.id === words?.unitId);
    const blamed = wasSentAway ? undefined : (named ?? (slot.timedOut ? claimed[0] : undefined));
    const others = claimed.filter((candidate) => candidate !== blamed).map((candidate) => candidate.todo);
    journal.unclaim(
      others.map((todo) => todo.unit.id),
      true,
    );
    for (const todo of others) queue.putBack(todo);
    if (blamed !== undefined) judge(blamed.todo, words, slot.timedOut, fromOutside);
    else if (!wasSentAway && claimed.length > 0) countBlameless(fromOutside);
  }

  function judge(todo: UnitToDo, words: WorkerStatus | null, timedOut: boolean, fromOutside: boolean): void {
    const { id } = todo.unit;
    const run = words !== null && words.unitId === id && words.end > words.start ? words : null;
    // Where one item alone seems to be deadly a driver may be at fault: it is tried on the CPU before it is blamed.
    if (run !== null && run.end - run.start === 1 && !timedOut && !fromOutside && blameDevice()) {
      journal.unclaim([id], true);
      queue.putBack(todo);
      return;
    }
    const verdict = fates.afterDeath(todo, { run, timedOut, fromOutside, batch: batchOf(todo) });
    journal.unclaim([id], !verdict.countsAttempt);
    queue.putBack(verdict.todo);
    if (verdict.sawSuccess) deadlyItems = 0;
    if (verdict.poisoned === null) return;
    deadlyItems += 1;
    if (deadlyItems < deadlyItemsInARow) return;
    stuck(
      "failed",
      written(
        "worker/crash-loop",
        `The model ended its worker process on ${deadlyItemsInARow} different items in a row, and no item in between succeeded.`,
        "Try the model on one item, or create the deployment from another version of it.",
      ),
    );
  }

  /** No unit is to blame, and yet this must end some time. */
  function countBlameless(fromOutside: boolean): void {
    blamelessDeaths += 1;
    if (blamelessDeaths < (fromOutside ? blamelessKills : blamelessDeathsInARow)) return;
    stuck(
      "failed",
      written(
        "worker/crash-loop",
        `Worker processes ended ${blamelessDeaths} times in a row, between mini-batches.`,
        "Look into the log of the job, then resume it.",
      ),
    );
  }

  /** Gives up the job's device for workers to come; false when they use the CPU already. */
  function blameDevice(): boolean {
    if (spec.device === "cpu" || deviceFault !== null) return false;
    deviceFault = `Worker processes ended while ${deviceTitles[spec.device]} was at work.`;
    log.warning(`${deviceFault} The CPU goes on.`);
    return true;
  }

  function stuck(how: "failed" | "blocked", problem: Problem): void {
    if (isStuck || isStopped) return;
    isStuck = true;
    listener.onStuck(how, problem);
  }

  function tick(activeMs: number): void {
    nowMs = activeMs;
    for (const slot of slots) {
      if (slot.leaveByMs !== null && nowMs > slot.leaveByMs) slot.worker.kill();
      if (!slot.timedOut && isLate(slot, nowMs, spec)) {
        slot.timedOut = true;
        slot.worker.kill();
      }
    }
  }

  function release(slot: Slot): void {
    if (!slots.delete(slot)) return;
    pool.release(slot.worker, idleSeconds);
    afterChange();
  }

  function kill(): void {
    for (const slot of slots) slot.worker.kill();
  }

  function afterChange(): void {
    for (const slot of slots) {
      if (slot.state === "closing" || slot.claimed.length > 0) continue;
      if (isStopped && slot.state === "starting") slot.worker.kill();
      else if (slot.state === "ready" && (isStopped || slot.leaveByMs !== null)) {
        slot.state = "closing";
        slot.worker.send({ type: "close-job" });
      }
    }
    if (slots.size === 0) whenEmpty?.();
  }

  return {
    fill,
    setSlots(count) {
      if (count !== allowedSlots) log.debug(`May use ${count} workers from now on, after ${allowedSlots}.`);
      allowedSlots = count;
      shed();
      fill();
    },
    tick,
    workersInUse: () => slots.size,
    workersAtWork: () => [...slots].filter((slot) => slot.claimed.length > 0).length,
    itemsInWork() {
      let done = 0;
      let failed = 0;
      for (const slot of slots) {
        if (slot.claimed[0]?.kind !== "score") continue;
        done += slot.itemsDone;
        failed += slot.itemsFailed;
      }
      return { done, failed };
    },
    takeAgain(units) {
      queue.takeAgain(units);
      fill();
    },
    hasNext: () => queue.hasMoreThan(0),
    async stop(how) {
      isStopped = true;
      if (slots.size === 0) return;
      const empty = new Promise<void>((resolve) => {
        whenEmpty = resolve;
      });
      if (how === "now") kill();
      else afterChange();
      const patience = setTimeout(kill, finishPatienceMs);
      await empty;
      clearTimeout(patience);
    },
    kill,
  };
}
