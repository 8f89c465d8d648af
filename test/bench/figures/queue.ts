import fs from "node:fs";
import path from "node:path";
import Database from "better-sqlite3";
import { listInput } from "../../../electron/data/listing/listing.ts";
import { writeListing } from "../../../electron/data/listing/listing-file.ts";
import { openJournal } from "../../../electron/jobs/journal/journal.ts";
import type { MiniBatch } from "../../../electron/contract/nouns/mini-batch.ts";
import { openRegistry } from "../../../electron/registry/open-registry.ts";
import { committedMiniBatch } from "../../helpers/engine/committed.ts";
import { batchdeckJson, deploy } from "../../helpers/batchdeck.ts";
import { jobSpec } from "../../helpers/engine/job-specs.ts";
import { noOpModel } from "../../helpers/models/model-fixtures.ts";
import type { Bench } from "../bench.ts";

import { writeManyTables } from "../inputs.ts";
import type { Figure } from "../report.ts";
import { atLeast, atMost, percentile, plain, rateText, spread } from "../report.ts";
import { englishWords } from "../../../electron/contract/words/english-problems.ts";

/** What a mini-batch costs a worker beside its inference, and how soon it is safe (C6). */
export async function overhead(bench: Bench): Promise<readonly Figure[]> {
  const count = bench.isLong ? 100_000 : 20_000;
  const folder = writeManyTables(path.join(bench.root, "overhead"), count, 20);
  await deploy(bench.home, "overhead", noOpModel(), { scorer: "batch: 1024\n", settings: ["mini_batch_size: 1"] });
  const home = path.join(bench.root, "home");
  const started = performance.now();
  await batchdeckJson(home, "invoke", "-n", "overhead", "--input", folder, "--job-name", "overhead");
  const seconds = (performance.now() - started) / 1000;
  const journal = new Database(path.join(home, "jobs", "overhead", "journal.db"), { readonly: true });
  const found = journal
    .prepare<[], { beside: number; durable: number }>(
      `SELECT duration_ms - infer_ms AS beside,
         (julianday(finished_at) - 2440587.5) * 86400000.0 - started_at AS durable
       FROM units`,
    )
    .all();
  journal.close();
  const beside = found.map((miniBatch) => miniBatch.beside);
  const durable = found.map((miniBatch) => miniBatch.durable);
  return [
    plain(
      `${count.toLocaleString("en-US")} mini-batches of one file`,
      `${(count / seconds).toFixed(0)} a second, start included`,
    ),
    atMost("C6: a worker's time beside inference, median", spread([percentile(beside, 0.5)]), 3, " ms"),
    atMost("C6: a worker's time beside inference, 99 of 100", spread([percentile(beside, 0.99)]), 15, " ms"),
    plain(
      "from being taken up to being safe on disk, in groups of at most 50 ms, median and 99 of 100",
      `${percentile(durable, 0.5).toFixed(0)} ms, ${percentile(durable, 0.99).toFixed(0)} ms`,
    ),
  ];
}

/** Listing a large folder, and the engine's own books (C8, C12). */
export async function books(bench: Bench): Promise<readonly Figure[]> {
  const count = bench.isLong ? 1_000_000 : 100_000;
  const folder = writeManyTables(path.join(bench.root, "listing"), count, 1);
  const listing: number[] = [];
  const first: number[] = [];
  for (let round = 0; round < bench.rounds; round += 1) {
    const from = performance.now();
    let seen = 0;
    const listed = await listInput({ path: folder, kind: "folder", recursive: true }, "table-rows", () => {
      seen ||= performance.now() - from;
    });
    if (!listed.ok) throw new Error(englishWords(listed.problem).message);
    writeListing(path.join(bench.root, `listing-${round}.jsonl`), listed.value);
    listing.push((performance.now() - from) / 1000);
    first.push(seen);
  }
  fs.rmSync(folder, { recursive: true });
  return [
    atMost(`C8: listing ${count.toLocaleString("en-US")} files`, spread(listing), bench.isLong ? 40 : 3, " s"),
    atMost("C8: until it first says how far it is", spread(first), 300, " ms"),
    ...journalFigures(bench),
    ...registryFigures(bench),
  ];
}

function journalFigures(bench: Bench): readonly Figure[] {
  const folder = path.join(bench.root, "journal");
  const open = () => {
    const opened = openJournal(folder);
    if (!opened.ok) throw new Error(englishWords(opened.problem).message);
    return opened.value;
  };
  const count = bench.isLong ? 1_000_000 : 200_000;
  const group = 50;
  const journal = open();
  for (let id = 0; id < count; id += 1000)
    journal.addMiniBatches(Array.from({ length: 1000 }, (_, index) => miniBatch(id + index)));
  const done = Math.min(count / 2, 50_000);
  const from = performance.now();
  for (let id = 0; id < done; id += group) {
    const ids = Array.from({ length: group }, (_, index) => id + index);
    journal.claim(ids);
    const worker = { id: "worker-1", pid: () => process.pid };
    journal.commit(
      "1-1.segment",
      worker,
      ids.map((id) => ({ miniBatch: committedMiniBatch(id), failedFiles: [] })),
    );
  }
  const rate = (done * 1000) / (performance.now() - from);
  journal.close();
  const opening = performance.now();
  const again = open();
  again.recover();
  again.totals();
  again.miniBatchesToDo(-1, 256);
  const ready = performance.now() - opening;
  again.close();
  return [
    atLeast("C8: mini-batches claimed and committed a second, in groups of 50", spread([rate]), 5000),
    plain("the same", rateText(spread([rate]))),
    atMost(
      `C12: until a journal of ${count.toLocaleString("en-US")} mini-batches is ready`,
      spread([ready]),
      1000,
      " ms",
    ),
  ];
}

function registryFigures(bench: Bench): readonly Figure[] {
  const opened = openRegistry(path.join(bench.root, "registry.db"));
  if (!opened.ok) throw new Error(englishWords(opened.problem).message);
  const registry = opened.value;
  for (let job = 0; job < 1000; job += 1) registry.jobs.add(jobSpec(`job-${job}`));
  const actions: Readonly<Record<string, (name: string) => void>> = {
    "list the queue": () => registry.jobs.listUnfinished(),
    "pause one": (name) => registry.jobs.move(name, ["Queued"], "Paused", null),
    "resume one": (name) => registry.jobs.move(name, ["Paused"], "Queued", null),
    "ask one": (name) => registry.jobs.setRequest(name, "pause"),
  };
  const slowest = Object.entries(actions).map(([name, action]) => {
    const times = Array.from({ length: 50 }, (_, index) => {
      const from = performance.now();
      action(`job-${index * 17}`);
      return performance.now() - from;
    });
    return { name, ms: Math.max(...times) };
  });
  registry.close();
  return slowest.map(({ name, ms }) =>
    atMost(`C8: ${name}, 1,000 jobs queued, slowest of 50`, spread([ms]), 50, " ms"),
  );
}

const miniBatch = (id: number): MiniBatch => ({
  id,
  items: 10,
  parts: [
    { file: `${id}.csv`, sizeBytes: 500, modifiedMs: 1, start: 5, end: 500, firstRow: 1, items: 10, problem: null },
  ],
});
