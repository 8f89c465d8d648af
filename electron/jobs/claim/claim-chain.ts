import fs from "node:fs";
import path from "node:path";
import * as z from "zod";
import { claimPrefix } from "../../contract/names.ts";
import { fileModeIn } from "../../contract/processes/file-modes.ts";
import { errnoOf } from "../folder/blocked.ts";
import { isAbsence } from "../folder/written-file.ts";
import { claimHolderSchema } from "./claim-holder.ts";

/*
 * Whose an output folder is. A claim is a file, and every claim but the first takes over from exactly one other: the first is
 * `.batchdeck-claim`, the one that takes over from the claim X is `.batchdeck-claim.after-X`. The last of the chain counts.
 *
 * The one operation that all of it rests on is to make a file that must not exist: the only one that is atomic on local disks
 * and shares alike. Whoever takes over from X has judged X, and no one else: of any number of programs that find X stale one
 * makes the file, and who is late finds that the chain does not lead to its own claim, and takes it back. Then the last claim
 * gets the first one's name, so that the chain stays short.
 */
const claimSchema = z.object({
  /** Of this claim; part of the name of the one that takes over from it. */
  id: z.uuid(),
  /** Of the job that claims: the same in all of its claims. */
  claimant: z.uuid(),
  job: z.string().max(1024),
  workspace: z.string().max(8192),
  hostName: z.string().max(256),
  /** Null: nobody works on the job now, and it will go on. */
  holder: claimHolderSchema.nullable(),
});
export type Claim = Readonly<z.infer<typeof claimSchema>>;

export type FoundClaim = {
  readonly file: string;
  readonly id: string;
  /** Null when it cannot be read: it is not whole yet, or somebody else's file has its name. */
  readonly claim: Claim | null;
  /** Moves as long as its holder lives. */
  readonly beat: string;
};

const maxBytes = 32 * 1024;
/** Where nothing can be renamed the chain grows with each pause of a job. */
const maxLinks = 1000;

export function firstClaimFile(folder: string): string {
  return path.join(folder, claimPrefix);
}

function fileAfter(folder: string, id: string): string {
  return path.join(folder, `${claimPrefix}.after-${id}`);
}

/** All claims of the chain, the one that counts at the end. Throws what the file system throws but for absence. */
export function readChain(folder: string): readonly FoundClaim[] {
  const chain: FoundClaim[] = [];
  let file = firstClaimFile(folder);
  while (chain.length < maxLinks) {
    const found = readClaim(file);
    if (found === null || chain.some(({ id }) => id === found.id)) break;
    chain.push(found);
    file = fileAfter(folder, found.id);
  }
  return chain;
}

export function parseClaim(text: string): Claim | null {
  try {
    return claimSchema.safeParse(JSON.parse(text)).data ?? null;
  } catch {
    return null;
  }
}

function readClaim(file: string): FoundClaim | null {
  try {
    const { O_RDONLY, O_NOFOLLOW, O_NONBLOCK } = fs.constants;
    // Opened before anything is asked: a share then answers from the server and not from memory. Windows has neither flag.
    const descriptor = fs.openSync(file, O_RDONLY | O_NOFOLLOW | O_NONBLOCK);
    try {
      const stats = fs.fstatSync(descriptor, { bigint: true });
      const bytes = Buffer.alloc(maxBytes);
      const length = stats.isFile() ? fs.readSync(descriptor, bytes, 0, maxBytes, 0) : 0;
      return foundClaim(file, parseClaim(bytes.toString("utf8", 0, length)), stats);
    } finally {
      fs.closeSync(descriptor);
    }
  } catch (error) {
    if (isAbsence(error)) return null;
    const stats = fs.lstatSync(file, { bigint: true, throwIfNoEntry: false });
    return stats === undefined ? null : foundClaim(file, null, stats);
  }
}

function foundClaim(file: string, claim: Claim | null, { mtimeNs }: { readonly mtimeNs: bigint }): FoundClaim {
  return { file, claim, beat: String(mtimeNs), id: claim?.id ?? `unreadable-${mtimeNs}` };
}

/** Adds a claim behind `last` (null: the first). False when somebody else was quicker, or `last` does not count any more. */
export function addClaim(folder: string, last: FoundClaim | null, claim: Claim): boolean {
  const file = last === null ? firstClaimFile(folder) : fileAfter(folder, last.id);
  if (!createWhole(folder, file, claim)) return false;
  const chain = readChain(folder);
  if (chain.at(-1)?.id !== claim.id) {
    if (last !== null) fs.rmSync(file, { force: true });
    return false;
  }
  shorten(folder, chain);
  return true;
}

function shorten(folder: string, chain: readonly FoundClaim[]): void {
  const last = chain.at(-1);
  if (last === undefined || chain.length === 1) return;
  try {
    fs.renameSync(last.file, firstClaimFile(folder));
    for (const { file } of chain.slice(1, -1)) fs.rmSync(file, { force: true });
  } catch {
    // It counts where it is.
  }
}

/** Removes the claim if it counts, by adding `end` behind it first, so that nobody takes over from a claim that is gone. */
export function removeClaim(folder: string, id: string, end: Claim): void {
  const chain = readChain(folder);
  if (chain.at(-1)?.id !== id) return;
  removeLeftovers(folder, chain, id);
  const file = fileAfter(folder, id);
  try {
    if (!createWhole(folder, file, end)) return;
  } catch (error) {
    // On a full disk nothing can be added. Who takes over at this moment finds the chain broken, and begins again.
    if (errnoOf(error) === null) throw error;
  }
  for (const claim of chain) fs.rmSync(claim.file, { force: true });
  fs.rmSync(file, { force: true });
}

/** What programs left that were killed halfway, and of which nothing can become: they lead to no claim of the chain. */
function removeLeftovers(folder: string, chain: readonly FoundClaim[], id: string): void {
  const kept = new Set([...chain.map(({ file }) => file), fileAfter(folder, id)]);
  for (const name of fs.readdirSync(folder)) {
    const file = path.join(folder, name);
    if (name.startsWith(`${claimPrefix}.`) && !kept.has(file)) fs.rmSync(file, { force: true });
  }
}

/** Makes the file, whole from its first moment on where the file system has hard links. False when it exists. */
function createWhole(folder: string, file: string, claim: Claim): boolean {
  const text = `${JSON.stringify(claim, null, 2)}\n`;
  const draft = path.join(folder, `${claimPrefix}.new-${claim.id}`);
  writeNew(draft, text);
  try {
    fs.linkSync(draft, file);
    return true;
  } catch (error) {
    const errno = errnoOf(error);
    // A share may have made it, lost its answer and been asked again.
    if (errno === "EEXIST") return readClaim(file)?.id === claim.id;
    // Its draft was cleared away by the holder of the folder.
    if (errno === "ENOENT") return false;
    return writeNew(file, text);
  } finally {
    fs.rmSync(draft, { force: true });
  }
}

function writeNew(file: string, text: string): boolean {
  let descriptor: number;
  try {
    descriptor = fs.openSync(file, "wx", fileModeIn(fs.statSync(path.dirname(file))));
  } catch (error) {
    if (errnoOf(error) === "EEXIST") return false;
    throw error;
  }
  try {
    fs.writeFileSync(descriptor, text);
    fs.fsyncSync(descriptor);
    return true;
  } catch (error) {
    fs.rmSync(file, { force: true });
    throw error;
  } finally {
    fs.closeSync(descriptor);
  }
}
