import { randomUUID } from "node:crypto";
import fs from "node:fs";
import path from "node:path";
import * as z from "zod";
import type { PhaseMoves } from "../../compute/phase.ts";
import { convertedFacts } from "../../contract/messages/convert-messages.ts";
import { sentFilesSchema } from "../../contract/nouns/azure/sent-files.ts";
import { standingFilesSchema, writtenPartsSchema } from "../../contract/nouns/written-file.ts";
import { ownerOnly } from "../../contract/processes/file-modes.ts";
import { removeFolder, removeSync, renameSync } from "../../files/patient.ts";

/**
 * What one job in Azure has done so far, in a file of its folder that is replaced as a whole with every step. Whatever kills the
 * engine, the next one goes on from the last step that is written here; each step may be done again.
 *
 * | step        | what is done                                             | moves to    |
 * |-------------|----------------------------------------------------------|-------------|
 * | hashing     | the input is listed and read, which gives its address    | uploading   |
 * | uploading   | its files are sent to the datastore                      | submitting  |
 * | submitting  | the job is looked for by its name, else submitted        | following   |
 * | following   | Azure is asked how it is, again and again                | downloading |
 * | downloading | what Azure wrote is fetched                              | converting  |
 * | converting  | our files are made of it                                 |             |
 *
 * An input that lies in Azure already begins at `submitting`. A job that is cancelled before it was sent ends there.
 */
export type AzureStep = z.infer<typeof stepSchema>;
const stepSchema = z.enum(["hashing", "uploading", "submitting", "following", "downloading", "converting"]);

export const azureStepMoves: PhaseMoves<AzureStep> = {
  hashing: ["uploading", "submitting"],
  uploading: ["submitting"],
  submitting: ["following"],
  following: ["downloading"],
  downloading: ["converting"],
  converting: [],
};

const countSchema = z.number().int().min(0);

/** Our files as they were made, before they got their names. */
const convertedSchema = z.strictObject({
  written: writtenPartsSchema,
  ...convertedFacts,
});
export type Converted = Readonly<z.infer<typeof convertedSchema>>;

const factsSchema = z.strictObject({
  step: stepSchema,
  engines: countSchema,
  listed: sentFilesSchema.nullable(),
  /** SHA-256 of what the input holds; null: it is not known yet, or lies in Azure. */
  contentAddress: z.string().nullable(),
  /** Whether the request that makes the job may have reached Azure. */
  mayBeSent: z.boolean(),
  /** Its name in Azure as Azure confirmed it. */
  name: z.string().nullable(),
  /** Azure's word for its state. */
  status: z.string().nullable(),
  studioUrl: z.string().nullable(),
  /** How it ended there, and Azure's words about that. */
  outcome: z.strictObject({ end: z.enum(["completed", "failed", "canceled"]), reason: z.string() }).nullable(),
  converted: convertedSchema.nullable(),
  /** What the files of a job that tries again what failed take the place of; null: it is not known yet, or they replace none. */
  replaced: standingFilesSchema.nullable().default(null),
});
export type AzureFacts = Readonly<z.infer<typeof factsSchema>>;

export type AzureJournal = {
  readonly facts: () => AzureFacts;
  /** Writes them before it returns. Throws what the disk throws. */
  readonly set: (changes: Partial<Omit<AzureFacts, "step">>) => void;
  /** Goes on to a step, with what is known by then. */
  readonly move: (to: AzureStep, changes?: Partial<Omit<AzureFacts, "step">>) => void;
};

export function azureJournalFile(jobFolder: string): string {
  return path.join(jobFolder, "azure.json");
}

/** What was sent, or fetched, so far; beside it lie files of its name. */
export function azureLedger(jobFolder: string, of: "content" | "download"): string {
  return path.join(jobFolder, `azure-${of}.db`);
}

/** Of a job that is over. Never fails. */
export async function removeLedgers(jobFolder: string): Promise<void> {
  const names = await fs.promises.readdir(jobFolder).catch(() => []);
  const ours = (["content", "download"] as const).map((of) => path.basename(azureLedger(jobFolder, of)));
  for (const name of names) {
    if (ours.some((ledger) => name.startsWith(ledger)))
      await removeFolder(path.join(jobFolder, name)).catch(() => undefined);
  }
}

const first: Omit<AzureFacts, "step"> = {
  engines: 0,
  listed: null,
  contentAddress: null,
  mayBeSent: false,
  name: null,
  status: null,
  studioUrl: null,
  outcome: null,
  converted: null,
  replaced: null,
};

/**
 * `begin`: the step of a job that nobody worked on yet. A journal that cannot be read begins again, as one that may have been sent:
 * Azure is asked for the job before anything is sent.
 */
export function openAzureJournal(jobFolder: string, begin: "hashing" | "submitting"): AzureJournal {
  const file = azureJournalFile(jobFolder);
  let facts: AzureFacts = read(file) ?? { ...first, step: begin, mayBeSent: fs.existsSync(file) };

  function write(next: AzureFacts): void {
    fs.mkdirSync(jobFolder, { recursive: true, mode: ownerOnly.folder });
    const part = `${file}.${randomUUID()}.part`;
    try {
      fs.writeFileSync(part, JSON.stringify(next), { mode: ownerOnly.file, flag: "wx", flush: true });
      renameSync(part, file);
    } finally {
      removeSync(part);
    }
    facts = next;
  }

  return {
    facts: () => facts,
    set: (changes) => write({ ...facts, ...changes }),
    move(to, changes = {}) {
      if (!azureStepMoves[facts.step].includes(to))
        throw new Error(`A job in Azure cannot go from "${facts.step}" to "${to}".`);
      write({ ...facts, ...changes, step: to });
    },
  };
}

/** What the journal of another job says; null: there is none that can be read. */
export function readAzureFacts(jobFolder: string): AzureFacts | null {
  return read(azureJournalFile(jobFolder));
}

/** Null: it is not there, or cannot be read. */
function read(file: string): AzureFacts | null {
  try {
    return factsSchema.safeParse(JSON.parse(fs.readFileSync(file, "utf8"))).data ?? null;
  } catch {
    return null;
  }
}
