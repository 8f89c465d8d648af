import type { Problem } from "../contract/problem.ts";

/** What the file system says when a place is full, gone or closed to us: the job waits instead of failing. */
const blockingErrnos = new Set([
  "ENOSPC",
  "EDQUOT",
  "EIO",
  "EROFS",
  "EACCES",
  "EPERM",
  "ENOENT",
  "ENOTDIR",
  "EISDIR",
  "EEXIST",
  "EBUSY",
  "EFBIG",
  "ENODEV",
  "ENXIO",
  "ESTALE",
  "ETIMEDOUT",
  "ENOTCONN",
  "EHOSTDOWN",
  "EHOSTUNREACH",
  "ENETDOWN",
  "ENETUNREACH",
  "EMFILE",
  "ENFILE",
]);

/** The reason to pause a job, or null when the error is not of that kind. `place` names what could not be used. */
export function blockedBy(errno: string | null, place: string): Problem | null {
  if (errno === null || !blockingErrnos.has(errno)) return null;
  if (errno === "ENOSPC" || errno === "EDQUOT") {
    return {
      code: "output/no-space",
      message: `There is no space left to write to ${place}.`,
      remedy: "The job goes on by itself once there is space.",
    };
  }
  return {
    code: "output/unwritable",
    message: `${place} cannot be used right now (${errno}).`,
    remedy: "The job goes on by itself once it can be written again.",
  };
}

/** The errno of an exception of Node's file calls or of SQLite, null for any other. */
export function errnoOf(error: unknown): string | null {
  const code = (error as { code?: unknown } | null)?.code;
  if (typeof code !== "string") return null;
  if (code === "SQLITE_FULL") return "ENOSPC";
  if (/^SQLITE_(IOERR|READONLY|CANTOPEN)/.test(code)) return "EIO";
  return /^E[A-Z0-9]+$/.test(code) ? code : null;
}
