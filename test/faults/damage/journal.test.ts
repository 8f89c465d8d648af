import fs from "node:fs";
import path from "node:path";
import { beforeAll, describe, expect, it } from "vitest";
import type { MiniBatch } from "../../../electron/contract/nouns/mini-batch.ts";
import type { CommittedMiniBatch } from "../../../electron/contract/messages/worker-messages.ts";
import { journalFile } from "../../../electron/jobs/folder/job-files.ts";
import { errorProblem } from "../../../electron/jobs/folder/error-problem.ts";
import { type Journal, openJournal, setAside } from "../../../electron/jobs/journal/journal.ts";
import { noSuspicion } from "../../../electron/jobs/journal/narrowing.ts";
import { miniBatchPages, readMiniBatchPage } from "../../../electron/outputs/mini-batches.ts";
import { readBaseJournal } from "../../../electron/data/reuse/base-journal.ts";
import { Damage } from "../../../electron/registry/rows/damage.ts";
import { isLong } from "../../helpers/engine/fault-shim.ts";
import { temporaryFolder } from "../../helpers/places.ts";
import { seededRandom } from "../../helpers/random.ts";

/**
 * A journal that a disk has damaged: whatever byte it is, the journal is refused as damaged, or what decides the job's
 * files is read as it was written. Set DAMAGE_SEED to see a run again.
 */
const folder = path.join(temporaryFolder("journal-damage"), "job");
const file = journalFile(folder);
const seed = Number(process.env["DAMAGE_SEED"] ?? Math.floor(Math.random() * 1e9));
const rounds = isLong ? 10_000 : 300;
const random = seededRandom(seed);
const miniBatches = 60;
const done = 35;
let whole: Buffer;
let wanted: string;

function open(): Journal {
  const opened = openJournal(folder);
  if (!opened.ok) throw new Error(opened.problem.kind);
  return opened.value;
}

const miniBatch = (id: number): MiniBatch => ({
  id,
  items: 10,
  parts: [
    {
      ...{ file: `part-${id}.csv`, sizeBytes: 100, modifiedMs: 1700000000000 + id, start: 5, end: 100, firstRow: 1 },
      ...{ items: 10, problem: null },
    },
  ],
});

const committed = (miniBatchId: number): CommittedMiniBatch => ({
  ...{ miniBatchId, attempt: 1, offset: miniBatchId * 60, rowsBytes: 50, errorsBytes: 10 },
  ...{
    checksum: String(miniBatchId).padStart(16, "0"),
    itemFiles: null,
    succeeded: 9,
    failed: 1,
    notANumber: 2,
    rows: 9,
    columns: null,
    failedParts: [0],
  },
  ...{ smallestRun: null, times: { read: 1, preprocess: 2, infer: 3, postprocess: 4, write: 5 } },
  ...{ startedAt: 1, durationMs: 15, processMs: 12 },
});

/** All that decides what the files of the job will hold. */
function contentOf(journal: Journal): string {
  const { mergedUnits, rowsEnd, errorsEnd, ending, merged, planned, listed, files, skipped } = journal.facts();
  return JSON.stringify({
    facts: { mergedUnits, rowsEnd, errorsEnd, ending, merged, planned, listed, files, skipped },
    totals: journal.totals(),
    toDo: journal.miniBatchesToDo(-1, 1000).map((todo) => todo.miniBatch),
    done: journal.mergeable(0, 1e12, "pass-over"),
    last: journal.lastMiniBatch(),
    poisoned: journal.poisonedItems(),
  });
}

function restore(bytes: Buffer): void {
  fs.rmSync(folder, { recursive: true, force: true });
  fs.mkdirSync(folder, { recursive: true });
  fs.writeFileSync(file, bytes);
}

function flipped(at: number): Buffer {
  const bytes = Buffer.from(whole);
  bytes[at] = (bytes[at] ?? 0) ^ (1 + Math.floor(random() * 255));
  return bytes;
}

beforeAll(() => {
  console.log(`journal damage seed: ${seed}`);
  const journal = open();
  journal.addMiniBatches(Array.from({ length: miniBatches }, (_, id) => miniBatch(id)));
  const worker = { id: "worker-1", pid: () => 4711 };
  for (let id = 0; id < done; id += 1) {
    journal.commit("1-1.segment", worker, [{ miniBatch: committed(id), failedFiles: [`part-${id}.csv`] }]);
  }
  const poisoned = { item: 3, stage: "infer", code: "worker-died", message: "It died." } as const;
  journal.setSuspicion(50, { ...noSuspicion, poisoned: [poisoned] });
  journal.setFacts({ planned: true, listed: true, files: miniBatches, mergedUnits: 20, rowsEnd: 1020, errorsEnd: 210 });
  journal.setFacts({ engines: 1 });
  wanted = contentOf(journal);
  journal.close();
  whole = fs.readFileSync(file);
});

describe("a journal with a flipped byte", () => {
  it("is refused as damaged, or read as it was written", () => {
    let found = 0;
    for (let round = 0; round < rounds; round += 1) {
      const at = Math.floor(random() * whole.length);
      restore(flipped(at));
      const opened = openJournal(folder);
      if (!opened.ok) {
        found += 1;
        expect(opened.problem.code, `byte ${at}`).toMatch(/^(registry\/damaged|workspace\/)/);
        continue;
      }
      let content: string | null = null;
      try {
        content = contentOf(opened.value);
      } catch (error) {
        expect(errorProblem(error, folder).code, `byte ${at}: ${String(error)}`).toBe("registry/damaged");
        found += 1;
      }
      opened.value.close();
      if (content !== null) expect(content, `byte ${at}`).toBe(wanted);
    }
    expect(found).toBeGreaterThan(rounds / 10);
  });

  it("ends nobody who only shows it or takes rows over from it", () => {
    for (let round = 0; round < rounds / 4; round += 1) {
      const at = Math.floor(random() * whole.length);
      restore(flipped(at));
      for (const read of [
        () => [...miniBatchPages(file)].length,
        () => readMiniBatchPage({ journalFile: file, offset: 0, limit: 100 }),
        () => {
          const base = readBaseJournal(file);
          if (base !== null) for (const one of base.miniBatches()) expect(one.parts).toEqual(miniBatch(one.id).parts);
          base?.close();
        },
      ]) {
        try {
          read();
        } catch (error) {
          const isTold = error instanceof Damage || /^SQLITE_/.test(String((error as { code?: unknown }).code));
          expect(isTold, `byte ${at}: ${String(error)}`).toBe(true);
        }
      }
    }
  });
});

describe("a journal that was cut", () => {
  it("is refused as damaged, or begins anew; what it lost at its very end may have been nothing", () => {
    const some = Array.from({ length: rounds / 10 }, () => Math.floor(random() * whole.length));
    for (const length of [0, 1, 100, 4096, 4096 * 2, 8192 + 100, whole.length - 1, ...some]) {
      restore(whole.subarray(0, length));
      const opened = openJournal(folder);
      if (!opened.ok) {
        expect(opened.problem.code).toBe("registry/damaged");
        continue;
      }
      try {
        if (opened.value.totals().miniBatches > 0) expect(contentOf(opened.value), `${length} bytes`).toBe(wanted);
      } catch (error) {
        expect(errorProblem(error, folder).code, `${length} bytes: ${String(error)}`).toBe("registry/damaged");
      }
      opened.value.close();
    }
  });
});

describe("a journal that begins again", () => {
  it("says so until it has been worked with, and keeps what was damaged", () => {
    restore(whole.subarray(0, 5000));
    setAside(folder, "journal");
    const journal = open();
    expect(journal.facts()).toMatchObject({ beganAgain: true, listedAgain: false, planned: false });
    expect(fs.statSync(`${file}.damaged`).size).toBe(5000);
    journal.close();
  });

  it("says that the input was listed again when it was the list that was damaged", () => {
    restore(whole);
    fs.writeFileSync(path.join(folder, "listing.jsonl"), "{");
    setAside(folder, "listing");
    const journal = open();
    expect(journal.facts()).toMatchObject({ beganAgain: false, listedAgain: true, planned: false });
    expect(journal.totals().miniBatches).toBe(0);
    expect(fs.existsSync(path.join(folder, "listing.jsonl.damaged"))).toBe(true);
    journal.close();
  });
});
