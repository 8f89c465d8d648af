import type { Clock } from "../../compute/clock.ts";
import type { AzureJobSpec } from "../../contract/nouns/job-spec.ts";
import type { AzureJournal, AzureStep } from "../../jobs/azure/azure-journal.ts";
import type { AzureWork } from "../../jobs/azure/azure-runner.ts";
import type { BlobStore } from "../storage/blob-store.ts";
import { createPace } from "../storage/pace.ts";

/** What is learned from the jobs at work, and how fast they may go. What it throws ends no job. */
export type RunMeasures = {
  /** An upload is whole. `speed` null: nothing had to be sent, or it was held back. */
  readonly uploaded: (
    spec: AzureJobSpec,
    upload: { readonly listing: string; readonly speed: { readonly bytes: number; readonly seconds: number } | null },
  ) => void;
  /** Azure completed the job; from the request that made it to then. */
  readonly ran: (spec: AzureJobSpec, run: { readonly bytes: number; readonly seconds: number }) => void;
  /** Bytes a second that its upload may use, as its user wants it by now; null: all that there are. */
  readonly uploadLimit: (job: string) => number | null;
};

export type MeasuredWork = {
  /** As that of the work, which it was made of. */
  readonly journal: AzureJournal;
  /** Its uploads go as fast as the job may go. */
  readonly store: (store: BlobStore) => BlobStore;
};

const lookEveryMs = 500;
/** Where the time of day and the clock differ by more, the computer slept, and did not see when the job ended. */
const sameMs = 60_000;

/** The work of one job, watched from outside: its steps know nothing of it. */
export function measureWork(work: AzureWork, clock: Clock, measures: RunMeasures): MeasuredWork {
  const { spec, journal } = work;
  // One that an engine before may have sent can run for a while when it is found.
  const isUnsent = !journal.facts().mayBeSent;
  let sentAt: Moment | null = null;

  /** Counts only what this engine has seen from its begin to its end. */
  function note(step: AzureStep): void {
    const now = momentOf(clock);
    if (step !== "downloading" || sentAt === null) return;
    const { listed, outcome } = journal.facts();
    const ms = now.ms - sentAt.ms;
    const isSlept = Math.abs(now.dayMs - sentAt.dayMs - ms) > sameMs;
    if (listed === null || outcome?.end !== "completed" || isSlept || ms <= 0) return;
    const { bytes } = listed;
    quietly(() => measures.ran(spec, { bytes, seconds: ms / 1000 }));
  }

  /** Follows what the user wants for as long as something is sent. */
  function heldBack() {
    const pace = createPace(clock);
    let current: number | null = null;
    let wasHeld = false;
    function look(): void {
      quietly(() => {
        const wanted = measures.uploadLimit(spec.name);
        if (wanted !== current) pace.limit(wanted);
        current = wanted;
        wasHeld ||= wanted !== null;
      });
    }
    look();
    const timer = clock.setInterval(look, lookEveryMs);
    return { pace, wasHeld: () => wasHeld, end: timer.cancel };
  }

  return {
    journal: {
      ...journal,
      set(changes) {
        journal.set(changes);
        // The request goes out; its answer may be lost.
        if (changes.mayBeSent === true && isUnsent) sentAt = momentOf(clock);
      },
      move(to, changes) {
        journal.move(to, changes);
        note(to);
      },
    },
    store: (store) => ({
      ...store,
      async upload(what, onProgress, signal) {
        const held = heldBack();
        const began = clock.now();
        try {
          const sent = await store.upload({ ...what, pace: held.pace }, onProgress, signal);
          if (!sent.ok) return sent;
          const seconds = (clock.now() - began) / 1000;
          const isMeasured = sent.value.sentBytes > 0 && seconds > 0 && !held.wasHeld();
          const listing = journal.facts().listed?.listing;
          if (listing === undefined) return sent;
          quietly(() =>
            measures.uploaded(spec, { listing, speed: isMeasured ? { bytes: sent.value.sentBytes, seconds } : null }),
          );
          return sent;
        } finally {
          held.end();
        }
      },
    }),
  };
}

/** `ms` stands still while the computer sleeps; `dayMs` does not. */
type Moment = { readonly ms: number; readonly dayMs: number };

function momentOf(clock: Clock): Moment {
  return { ms: clock.now(), dayMs: Date.parse(clock.timestamp()) };
}

/** An estimate is worth no trouble: a registry that is busy or damaged is not a job's business. */
function quietly(work: () => void): void {
  try {
    work();
  } catch {
    // The next job is measured, and the next look may succeed.
  }
}
