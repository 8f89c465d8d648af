import path from "node:path";
import type { ProcessExit } from "../compute/process-host.ts";
import type { Worker } from "../compute/worker.ts";
import { lastWords } from "../compute/worker.ts";
import type { WorkerPool } from "../compute/worker-pool.ts";
import type { JobSpec } from "../contract/job-spec.ts";
import type { Problem } from "../contract/problem.ts";
import type { CommittedUnit, FromWorker, ToWorker } from "../contract/worker-messages.ts";
import { workerProtocolVersion } from "../contract/worker-messages.ts";
import { blockedBy } from "./blocked.ts";
import type { JobFiles } from "./job-files.ts";
import type { Journal, UnitToDo } from "./journal.ts";
import { afterDeath, afterProbe } from "./narrowing.ts";

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
  /** Items of units in work that are done but not committed yet. */
  readonly itemsInWork: () => { readonly done: number; readonly failed: number };
  /** There are units that nobody has claimed. */
  readonly hasNext: () => boolean;
  /** `finish`: lets workers end what they hold, for two seconds at most; `now`: kills them. Gives workers back to the pool. */
  readonly stop: (how: "finish" | "now") => Promise<void>;
  /** Kills every worker at once, before it returns. */
  readonly kill: () => void;
};

export type DispatchingListener = {
  readonly onCommitted: (units: readonly CommittedUnit[]) => void;
  readonly onOpened: (provider: string, runtimeVersion: string) => void;
  /** The job cannot go on: it fails (`failed`) or waits for the disk (`blocked`). */
  readonly onStuck: (how: "failed" | "blocked", problem: Problem) => void;
  readonly onWorkerDeath: () => void;
};

type Claimed = { readonly todo: UnitToDo; readonly kind: "score" | "probe" | "give-up" };

type Slot = {
  readonly worker: Worker;
  readonly segment: string;
  readonly statusFile: string;
  state: "starting" | "ready" | "closing";
  /** In the order in which they were sent; the first is being worked on. */
  claimed: Claimed[];
  timedOut: boolean;
  /** On the active clock: when a worker that has to leave is ended; null for one that may stay. */
  leaveByMs: number | null;
  /** On the active clock: when the first claimed unit got its turn, and when it last finished an item. */
  headSinceMs: number;
  lastAdvanceMs: number;
  itemsDone: number;
  itemsFailed: number;
};

const unitsReadAhead = 256;
const mostClaimedUnits = 64;
const claimedAheadMs = 100;
const implicitTimeoutMs = 30_000;
const startTimeoutMs = 120_000;
const finishPatienceMs = 2000;
const deathsBeforeReady = 3;
const outsideKillsBeforeReady = 10;
const deadlyItemsInARow = 3;
/** Deaths in a row outside any run; more are allowed when somebody else may have been the killer. */
const namelessDeathsOfUnit = 5;
const namelessKillsOfUnit = 20;

export function createDispatching(context: {
  readonly spec: JobSpec;
  readonly files: JobFiles;
  readonly epoch: number;
  readonly journal: Journal;
  readonly pool: WorkerPool;
  readonly idleSeconds: number;
  /** Runs what a message or a death leads to, and sees to exceptions. */
  readonly guarded: (work: () => void) => void;
  readonly listener: DispatchingListener;
}): Dispatching {
  const { spec, files, epoch, journal, pool, idleSeconds, guarded, listener } = context;
  const slots = new Set<Slot>();
  const workerKey = JSON.stringify([spec.model.file, spec.device, spec.settings.environment_variables]);
  let allowedSlots = 0;
  let nowMs = 0;
  let segments = 0;
  let isStopped = false;
  let isStuck = false;
  let whenEmpty: (() => void) | null = null;

  /** Units that came back, lowest first, before those that were never sent. */
  const returned: UnitToDo[] = [];
  const readAhead: UnitToDo[] = [];
  let lastRead = -1;

  let failedStarts = 0;
  let outsideKillsAtStart = 0;
  let deadlyItems = 0;
  /** Milliseconds that a unit takes, smoothed; decides how many are sent ahead. */
  let unitMs = claimedAheadMs;

  function nextUnit(): UnitToDo | undefined {
    const back = returned.shift();
    if (back !== undefined) return back;
    if (readAhead.length === 0) readMore();
    return readAhead.shift();
  }

  /** There are more units than this that nobody has claimed. */
  function hasMoreThan(count: number): boolean {
    if (returned.length + readAhead.length <= count) readMore();
    return returned.length + readAhead.length > count;
  }

  function readMore(): void {
    readAhead.push(...journal.unitsToDo(lastRead, unitsReadAhead));
    lastRead = readAhead[readAhead.length - 1]?.unit.id ?? lastRead;
  }

  function putBack(todo: UnitToDo): void {
    const index = returned.findIndex((other) => other.unit.id > todo.unit.id);
    returned.splice(index === -1 ? returned.length : index, 0, todo);
  }

  function fill(): void {
    if (isStopped || isStuck) return;
    const staying = [...slots].filter((slot) => slot.leaveByMs === null);
    for (const slot of staying) if (slot.state === "ready") give(slot);
    const starting = staying.filter((slot) => slot.state === "starting").length;
    // A worker for each unit that nobody has, not for each that is allowed: a process costs more than a small unit. The
    // first one loads the model while the first units are still being cut.
    const isFirst = staying.length === 0 && !journal.facts().planned;
    if (staying.length < allowedSlots && (isFirst || hasMoreThan(starting))) {
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
      spec,
      segmentFile: path.join(files.segments, segment),
      statusFile: slot.statusFile,
    });
  }

  function give(slot: Slot): void {
    const most = Math.max(2, Math.min(mostClaimedUnits, Math.ceil(claimedAheadMs / unitMs)));
    const given: Claimed[] = [];
    while (slot.claimed.length + given.length < most) {
      // A unit under suspicion is worked on alone, so that a death takes nothing else with it.
      if (slot.claimed.concat(given).some((claimed) => isSuspect(claimed.todo))) break;
      const todo = nextUnit();
      if (todo === undefined) break;
      if (isSuspect(todo) && slot.claimed.length + given.length > 0) {
        putBack(todo);
        break;
      }
      given.push({
        todo,
        kind: todo.givingUp !== null ? "give-up" : todo.suspicion.probe !== null ? "probe" : "score",
      });
    }
    if (given.length === 0) return;
    journal.claim(given.map((claimed) => claimed.todo.unit.id));
    if (slot.claimed.length === 0) startHead(slot);
    slot.claimed.push(...given);
    for (const claimed of given) slot.worker.send(requestFor(claimed));
  }

  function requestFor({ todo, kind }: Claimed): ToWorker {
    const { unit, suspicion, givingUp } = todo;
    if (kind === "give-up" && givingUp !== null) return { type: "fail-unit", unit, ...givingUp };
    if (kind === "probe" && suspicion.probe !== null) {
      return {
        type: "probe-unit",
        unit,
        poisoned: suspicion.poisoned.map((poisoned) => poisoned.item),
        range: suspicion.probe.range,
        step: suspicion.probe.step,
      };
    }
    return {
      type: "score-unit",
      unit,
      attempt: todo.attempts + 1,
      poisoned: [...suspicion.poisoned],
      batch: suspicion.batch ?? spec.batch,
    };
  }

  function hear(slot: Slot, message: FromWorker): void {
    switch (message.type) {
      case "started":
        return;
      case "job-opened":
        failedStarts = 0;
        outsideKillsAtStart = 0;
        slot.state = "ready";
        slot.lastAdvanceMs = nowMs;
        listener.onOpened(message.provider, message.runtimeVersion);
        fill();
        afterChange();
        return;
      case "job-refused": {
        const blocked = blockedBy(message.errno, files.folder);
        if (blocked !== null) {
          stuck("blocked", blocked);
          return;
        }
        stuck("failed", {
          code: "worker/cannot-start",
          message: `A worker could not open the model: ${message.message}`,
          remedy: "Create the deployment again from a model that opens.",
        });
        return;
      }
      case "progress":
        slot.lastAdvanceMs = nowMs;
        slot.itemsDone = message.itemsDone;
        slot.itemsFailed = message.itemsFailed;
        if (message.itemsDone > message.itemsFailed) deadlyItems = 0;
        return;
      case "units-committed":
        takeCommits(slot, message.units);
        return;
      case "unit-probed":
        takeBack(slot, message.unitId, true, (todo) => {
          const suspicion = afterProbe(todo.suspicion);
          journal.setSuspicion(todo.unit.id, suspicion);
          return { ...todo, suspicion };
        });
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

  function takeCommits(slot: Slot, units: readonly CommittedUnit[]): void {
    const ours = units.filter((unit) => slot.claimed.some((claimed) => claimed.todo.unit.id === unit.unitId));
    journal.commit(slot.segment, slot.worker.id, ours);
    const done = new Set(ours.map((unit) => unit.unitId));
    slot.claimed = slot.claimed.filter((claimed) => !done.has(claimed.todo.unit.id));
    if (ours.length > 0) {
      const took = (nowMs - slot.headSinceMs) / ours.length;
      unitMs = Math.max(0.5, unitMs * 0.7 + took * 0.3);
      if (ours.some((unit) => unit.succeeded > 0)) deadlyItems = 0;
    }
    startHead(slot);
    listener.onCommitted(ours);
    fill();
    afterChange();
  }

  function takeFailure(slot: Slot, message: Extract<FromWorker, { type: "unit-failed" }>): void {
    const blocked = blockedBy(message.errno, message.stage === "read" ? spec.input.path : files.folder);
    takeBack(slot, message.unitId, blocked !== null, (todo) =>
      blocked === null ? countAttempt(todo, "retries-exhausted", message.stage, message.message) : todo,
    );
    if (blocked !== null) stuck("blocked", blocked);
    fill();
    afterChange();
  }

  /** An attempt failed and counts. Once there are none left, every item of the unit is recorded as failed. */
  function countAttempt(
    todo: UnitToDo,
    code: "retries-exhausted" | "timed-out" | "worker-died",
    stage: Extract<FromWorker, { type: "unit-failed" }>["stage"],
    message: string,
  ): UnitToDo {
    const attempts = todo.attempts + 1;
    if (attempts <= spec.settings.retry_settings.max_retries) return { ...todo, attempts };
    return giveUp({ ...todo, attempts }, code, stage, message);
  }

  function giveUp(
    todo: UnitToDo,
    code: "retries-exhausted" | "timed-out" | "worker-died",
    stage: Extract<FromWorker, { type: "unit-failed" }>["stage"],
    message: string,
  ): UnitToDo {
    const givingUp = { code, stage, message };
    journal.setGivingUp(todo.unit.id, givingUp);
    return { ...todo, givingUp };
  }

  /** Ends the claim of one unit and puts what `change` makes of it back in the queue. */
  function takeBack(slot: Slot, unitId: number, giveBack: boolean, change: (todo: UnitToDo) => UnitToDo): void {
    const claimed = slot.claimed.find((candidate) => candidate.todo.unit.id === unitId);
    if (claimed === undefined) return;
    slot.claimed = slot.claimed.filter((candidate) => candidate !== claimed);
    journal.unclaim([unitId], giveBack);
    putBack(change(claimed.todo));
    startHead(slot);
  }

  function startHead(slot: Slot): void {
    slot.headSinceMs = nowMs;
    slot.lastAdvanceMs = nowMs;
    slot.itemsDone = 0;
    slot.itemsFailed = 0;
  }

  function mourn(slot: Slot, exit: ProcessExit): void {
    const wasSentAway = (isStopped || slot.leaveByMs !== null) && !slot.timedOut;
    if (!wasSentAway) listener.onWorkerDeath();
    if (slot.state === "starting") {
      if (wasSentAway) return;
      if (isFromOutside(exit) && !slot.timedOut) outsideKillsAtStart += 1;
      else failedStarts += 1;
      if (failedStarts >= deathsBeforeReady || outsideKillsAtStart >= outsideKillsBeforeReady) {
        stuck("failed", {
          code: "worker/cannot-start",
          message: `Worker processes ended ${failedStarts + outsideKillsAtStart} times in a row before they were ready.`,
          remedy: "Check that the model still opens (batchdeck model show), then resume the job.",
        });
      }
    } else {
      takeBackAll(slot, isFromOutside(exit), wasSentAway);
    }
    fill();
  }

  /** A worker died with units in hand: all go back uncounted, and the one it was working on falls under suspicion. */
  function takeBackAll(slot: Slot, fromOutside: boolean, wasSentAway: boolean): void {
    const [head, ...others] = slot.claimed;
    slot.claimed = [];
    if (head === undefined) return;
    journal.unclaim(
      others.map((claimed) => claimed.todo.unit.id),
      true,
    );
    for (const { todo } of others) putBack(todo);

    const words = lastWords(slot.statusFile);
    const status = words !== null && words.unitId === head.todo.unit.id ? words : null;
    const countsAttempt = slot.timedOut && (status === null || spec.settings.retry_settings.timeout !== null);
    journal.unclaim([head.todo.unit.id], !countsAttempt);
    if (wasSentAway) {
      putBack(head.todo);
      return;
    }
    if (countsAttempt) {
      putBack(
        countAttempt(head.todo, "timed-out", "infer", "The mini-batch did not finish in time, on every attempt."),
      );
      return;
    }
    const batch = head.todo.suspicion.batch ?? spec.batch;
    const outcome = afterDeath(head.todo.suspicion, { status, cause: slot.timedOut ? "timed-out" : "died", batch });
    journal.setSuspicion(head.todo.unit.id, outcome.suspicion);
    const todo = { ...head.todo, suspicion: outcome.suspicion };
    if (outcome.suspicion.namelessDeaths >= (fromOutside ? namelessKillsOfUnit : namelessDeathsOfUnit)) {
      putBack(giveUp(todo, "worker-died", "read", "The worker process kept dying while it read this mini-batch."));
    } else {
      putBack(todo);
    }
    if (outcome.sawSuccess) deadlyItems = 0;
    if (outcome.poisoned !== null) {
      deadlyItems += 1;
      if (deadlyItems >= deadlyItemsInARow) {
        stuck("failed", {
          code: "worker/crash-loop",
          message: `The model ended its worker process on ${deadlyItemsInARow} different items in a row, and no item in between succeeded.`,
          remedy: "Try the model on one item, or create the deployment from another version of it.",
        });
      }
    }
  }

  function stuck(how: "failed" | "blocked", problem: Problem): void {
    if (isStuck || isStopped) return;
    isStuck = true;
    listener.onStuck(how, problem);
  }

  function tick(activeMs: number): void {
    nowMs = activeMs;
    const explicitMs =
      spec.settings.retry_settings.timeout === null ? null : spec.settings.retry_settings.timeout * 1000;
    for (const slot of slots) {
      if (slot.leaveByMs !== null && nowMs > slot.leaveByMs) slot.worker.kill();
      const late =
        slot.state === "starting"
          ? nowMs - slot.lastAdvanceMs > startTimeoutMs
          : slot.claimed.length > 0 &&
            (explicitMs === null
              ? nowMs - slot.lastAdvanceMs > implicitTimeoutMs
              : nowMs - slot.headSinceMs > explicitMs);
      if (late && !slot.timedOut) {
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
      allowedSlots = count;
      shed();
      fill();
    },
    tick,
    workersInUse: () => slots.size,
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
    hasNext: () => hasMoreThan(0),
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

const outsideSignals: readonly (string | null)[] = ["SIGKILL", "SIGTERM", "SIGINT", "SIGHUP"];

/** The operating system short of memory, or a person: not necessarily the work. */
function isFromOutside(exit: ProcessExit): boolean {
  return outsideSignals.includes(exit.signal);
}

function isSuspect(todo: UnitToDo): boolean {
  const { probe, poisoned, fullRunDeaths, namelessDeaths } = todo.suspicion;
  return probe !== null || poisoned.length > 0 || fullRunDeaths > 0 || namelessDeaths > 0;
}
