import crypto from "node:crypto";
import fs from "node:fs";
import os from "node:os";
import * as z from "zod";
import { isProcessAlive } from "../../compute/process-alive.ts";

/** The process that holds a claim, for others to find out whether it still runs. */
export const claimHolderSchema = z.object({
  /** Processes can see each other when this is the same: one boot of one computer, one container. */
  host: z.string().max(128),
  pid: z.number().int().positive(),
  /** Tells it from a later process with the same number; null where the system does not say. */
  startedAt: z.string().max(64).nullable(),
});
export type ClaimHolder = Readonly<z.infer<typeof claimHolderSchema>>;

const host = hostId();

export function thisProcess(): ClaimHolder {
  return { host, pid: process.pid, startedAt: startOf(process.pid) };
}

/** Null: it cannot be told from here, since it runs elsewhere, or its number may be another process's by now. */
export function isRunning({ host: where, pid, startedAt }: ClaimHolder): boolean | null {
  if (where !== host) return null;
  if (!isProcessAlive(pid)) return false;
  const started = startOf(pid);
  return started === null || startedAt === null ? null : started === startedAt;
}

/**
 * A computer's name is no proof: two may have the same, and processes of a container are not those of another one. Where
 * nothing better is known the answer is one that no other process has.
 */
function hostId(): string {
  try {
    const facts =
      process.platform === "linux"
        ? [fs.readFileSync("/proc/sys/kernel/random/boot_id", "utf8"), fs.readlinkSync("/proc/self/ns/pid")]
        : [os.hostname(), ...hardwareAddresses()];
    if (facts.length > 1) return crypto.createHash("sha256").update(facts.join("\n")).digest("hex");
  } catch {
    // Nothing better is known then.
  }
  return crypto.randomUUID();
}

function hardwareAddresses(): readonly string[] {
  const interfaces = Object.values(os.networkInterfaces()).flatMap((addresses) => addresses ?? []);
  return [...new Set(interfaces.filter(({ internal }) => !internal).map(({ mac }) => mac))].sort();
}

/** When a process started, in the system's own count; "ended" of one that nobody has taken note of yet. Linux only. */
function startOf(pid: number): string | null {
  if (process.platform !== "linux") return null;
  try {
    const stat = fs.readFileSync(`/proc/${pid}/stat`, "utf8");
    // The name before it may hold anything.
    const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
    return fields[0] === "Z" ? "ended" : (fields[19] ?? null);
  } catch {
    return null;
  }
}
