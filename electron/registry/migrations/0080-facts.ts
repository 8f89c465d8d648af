import * as z from "zod";
import type { Migration } from "../migrations.ts";

/**
 * Waiting reasons, warnings and history notes were English sentences, and are facts from here on: `{"kind": …}`, and `null`
 * for none. A waiting reason is forgotten, since the engine writes it again within a second. The other sentences become
 * the facts that they were made of; one that nobody can tell any more becomes null.
 */
export const facts: Migration = {
  number: 80,
  name: "facts",
  up: (database) => {
    database.exec("UPDATE jobs SET details = json_remove(details, '$.waitingFor')");

    const warned = database.prepare(
      "SELECT name, details ->> '$.warnings' FROM jobs WHERE details ->> '$.warnings' <> '[]'",
    );
    const setWarnings = database.prepare(
      "UPDATE jobs SET details = json_set(details, '$.warnings', json(?)) WHERE name = ?",
    );
    for (const [name, sentences] of z.array(z.tuple([z.string(), z.string()])).parse(warned.raw().all())) {
      const warnings = z.array(z.string()).parse(JSON.parse(sentences)).flatMap(warningOf);
      setWarnings.run(JSON.stringify(warnings), name);
    }

    // A job's last problem tells which note is its message; the problems before it are not known any more.
    const notes = database.prepare(
      "SELECT id, note, problem FROM job_history JOIN jobs ON name = job WHERE note <> ''",
    );
    const setNote = database.prepare("UPDATE job_history SET note = ? WHERE id = ?");
    const rows = z.array(z.tuple([z.number(), z.string(), z.string().nullable()])).parse(notes.raw().all());
    database.exec("UPDATE job_history SET note = 'null'");
    for (const [id, sentence, problem] of rows) setNote.run(JSON.stringify(noteOf(sentence, problem)), id);
  },
};

const knownNotes: Readonly<Record<string, object>> = {
  "Handed over.": { kind: "handed-over" },
  "Paused while it waited.": { kind: "paused-while-queued" },
  "Resumed.": { kind: "resumed" },
  "Cancelled before it started.": { kind: "canceled-before-start" },
  "The program that ran it ended; it goes on from its journal.": { kind: "engine-ended" },
  "It can be written again.": { kind: "writable-again" },
  "Some of its results are damaged on the disk; they are scored again.": { kind: "scored-again" },
  "Its input was downloaded.": { kind: "downloaded" },
  "The queue is paused.": { kind: "waiting", reason: { kind: "queue-paused" } },
  "Its compute has low priority, and the computer runs on battery.": {
    kind: "waiting",
    reason: { kind: "giving-way", to: "battery" },
  },
  "Its compute has low priority, and somebody uses the computer.": {
    kind: "waiting",
    reason: { kind: "giving-way", to: "user" },
  },
};

/** Problems were stored in English words. */
const storedProblem = z.object({ code: z.string(), message: z.string(), remedy: z.string() });

function noteOf(sentence: string, problem: string | null): object | null {
  const known = knownNotes[sentence];
  if (known !== undefined) return known;
  const retriedBy = /^What had failed was scored again by (.+)\.$/.exec(sentence)?.[1];
  if (retriedBy !== undefined) return { kind: "retried", by: retriedBy };
  const last = storedProblem.safeParse(JSON.parse(problem ?? "null")).data;
  if (last?.message !== sentence) return null;
  const { code, message, remedy } = last;
  return { kind: "problem", problem: { code, kind: "written", params: { message, remedy } } };
}

const devices: Readonly<Record<string, string>> = {
  CPU: "cpu",
  CUDA: "cuda",
  DirectML: "directml",
  "Core ML": "coreml",
  WebGPU: "webgpu",
};

function warningOf(sentence: string): readonly object[] {
  const [, title = "", reason = ""] = /^The job ran on the CPU instead of ([^:]+): (.*)$/s.exec(sentence) ?? [];
  const device = devices[title];
  if (device !== undefined) return [{ kind: "device-fallback", device, reason }];
  if (sentence.startsWith("The journal of the job was damaged")) return [{ kind: "began-again" }];
  const damaged = /^The results of (\d+) mini-batches were damaged/.exec(sentence)?.[1];
  if (damaged !== undefined) return [{ kind: "scored-again", miniBatches: Number(damaged) }];
  const [, batch, smallest] = /memory for runs of (\d+) rows: .* down to (\d+)\.$/.exec(sentence) ?? [];
  if (batch === undefined || smallest === undefined) return [];
  return [{ kind: "smaller-batch", batch: Number(batch), smallest: Number(smallest) }];
}
