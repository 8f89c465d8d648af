import { fork } from "node:child_process";
import path from "node:path";
import Database from "better-sqlite3";
import type { MiniBatch } from "../../../electron/contract/nouns/mini-batch.ts";
import type { FromWorker } from "../../../electron/contract/messages/worker-messages.ts";
import { workerProtocolVersion } from "../../../electron/contract/messages/worker-messages.ts";

const program = path.join(import.meta.dirname, "../../../dist/worker.cjs");

/**
 * A real worker of an engine that is gone, which does not know it: it takes up the job as it was told and scores mini-batch
 * after mini-batch into a segment of its own, in the job's folder, until `end`. Resolves to the mini-batches it wrote.
 */
export function startOrphan(home: string, job: string): { readonly end: () => Promise<number> } {
  const jobFolder = path.join(home, "jobs", job);
  const registry = new Database(path.join(home, "registry.db"), { readonly: true });
  const row = registry.prepare("SELECT spec, engine_epoch FROM jobs WHERE name = ?").get(job) as {
    spec: string;
    engine_epoch: number;
  };
  registry.close();
  const journal = new Database(path.join(jobFolder, "journal.db"), { readonly: true });
  const miniBatches = (
    journal.prepare("SELECT id, items, parts FROM units ORDER BY id").all() as {
      id: number;
      items: number;
      parts: string;
    }[]
  ).map(
    (miniBatch): MiniBatch => ({
      id: miniBatch.id,
      items: miniBatch.items,
      parts: JSON.parse(miniBatch.parts) as MiniBatch["parts"],
    }),
  );
  journal.close();

  const spec = JSON.parse(row.spec) as { batch: number };
  const child = fork(program, [], { serialization: "advanced", stdio: ["ignore", "ignore", "ignore", "ipc"] });
  let written = 0;
  let next = 0;
  const more = () => {
    const miniBatch = miniBatches[next % miniBatches.length];
    next += 1;
    if (child.connected)
      child.send({ type: "score-mini-batch", miniBatch, attempt: 1, poisoned: [], batch: spec.batch });
  };
  child.on("message", (message: FromWorker) => {
    if (message.type === "job-opened") for (let ahead = 0; ahead < 8; ahead += 1) more();
    else if (message.type === "mini-batches-committed") {
      written += message.miniBatches.length;
      for (let count = message.miniBatches.length; count > 0; count -= 1) more();
    }
  });
  child.send({
    type: "open-job",
    protocolVersion: workerProtocolVersion,
    workerId: "orphan",
    spec,
    segmentFile: path.join(jobFolder, "segments", `${row.engine_epoch}-99.segment`),
    statusFile: path.join(jobFolder, "segments", `${row.engine_epoch}-99.status`),
    logsFolder: path.join(jobFolder, "logs"),
  });
  const gone = new Promise<void>((resolve) => child.on("close", () => resolve()));
  return {
    async end() {
      child.kill("SIGKILL");
      await gone;
      return written;
    },
  };
}
