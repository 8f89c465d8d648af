/**
 * A program for the tests of kills: takes jobs in Azure from wherever they are to their end, some at a time, as an engine does, by
 * the bundle that the terminal loads. `node running-program.ts TASK`, where TASK is JSON. Ends with 0 once all have ended.
 */
import fs from "node:fs";
import { createRequire } from "node:module";
import path from "node:path";
import { nodeProcessHost } from "../../../electron/compute/node-process-host.ts";
import { systemClock } from "../../../electron/compute/clock.ts";
import type { AzureJobSpec } from "../../../electron/contract/nouns/job-spec.ts";
import { openAzureJournal } from "../../../electron/jobs/azure/azure-journal.ts";
import type * as azure from "../../../electron/remote/azure.ts";
import type { AccountStore } from "../../../electron/remote/identity/account-store.ts";
import type { RunTimes } from "../../../electron/remote/runs/patience.ts";
import type { TransferSizes } from "../../../electron/remote/storage/transfer-sizes.ts";
import { seededRandom } from "../../helpers/random.ts";
import { sleep } from "../../helpers/sleep.ts";
import { sharedProcesses } from "./shared-processes.ts";

/** Each job has a folder of its own, with `spec.json` in it; `end.json` follows. */
export type RunningTask = {
  readonly folders: readonly string[];
  readonly atOnce: number;
  /** How often this program was begun before. */
  readonly life: number;
  readonly times: RunTimes;
  readonly sizes: TransferSizes;
};

const dist = path.join(import.meta.dirname, "../../../dist");
const { createAzureRunner } = createRequire(import.meta.url)(path.join(dist, "azure.cjs")) as typeof azure;
const task = JSON.parse(fs.readFileSync(process.argv[2] ?? "", "utf8")) as RunningTask;
/** The environment signs in: nothing is kept. */
const nobody = { version: () => null, list: () => [] } as unknown as AccountStore;
const runner = createAzureRunner({
  ...{ accounts: nobody, environment: process.env, systemProxy: null, clock: systemClock },
  ...{ host: sharedProcesses(nodeProcessHost(dist)), times: task.times, sizes: task.sizes },
  measures: { uploaded: () => undefined, ran: () => undefined, uploadLimit: () => null },
});

async function runThrough(folder: string): Promise<void> {
  const {
    spec,
    random: seed,
    isCanceled,
  } = JSON.parse(fs.readFileSync(path.join(folder, "spec.json"), "utf8")) as {
    readonly spec: AzureJobSpec;
    readonly random: number;
    readonly isCanceled: boolean;
  };
  const random = seededRandom(seed + task.life);
  const cancelled = path.join(folder, "cancelled");
  for (let cuts = Math.floor(random() * 2.5); ; cuts -= 1) {
    const journal = openAzureJournal(folder, "hashing");
    const inHand = runner.start({ spec, folder, journal, azureFolder: path.join(folder, "out", "azure") });
    if (isCanceled && random() < 0.5) {
      void sleep(random() * 150).then(() => {
        fs.writeFileSync(cancelled, "");
        inHand.cancel();
      });
    } else if (fs.existsSync(cancelled)) inHand.cancel();
    if (cuts > 0) void sleep(random() * 100).then(() => inHand.stop());
    const end = await inHand.ended;
    if (end.kind === "stopped") continue;
    const part = path.join(folder, "end.part");
    fs.writeFileSync(part, JSON.stringify(end));
    fs.renameSync(part, path.join(folder, "end.json"));
    return;
  }
}

const work = task.folders.filter((folder) => !fs.existsSync(path.join(folder, "end.json"))).values();
await Promise.all(
  Array.from({ length: task.atOnce }, async () => {
    for (const folder of work) await runThrough(folder);
  }),
);
process.exit(0);
