import { codeOf, systemErrno } from "../../contract/errno.ts";
import { type Problem, problemOf } from "../../contract/problem.ts";
import { isBusy } from "../../registry/rows/damage.ts";

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

/** What the place is for: the sentence for a share that is gone depends on it. */
type Use = "written" | "read";

/** The reason to pause a job, or null when the error is not of that kind. `place` names what could not be used. */
export function blockedBy(errno: string | null, place: string, use: Use = "written"): Problem | null {
  if (errno === null || !blockingErrnos.has(errno)) return null;
  if (use === "read") return problemOf("input/unreadable:right-now", { place, errno });
  if (errno === "ENOSPC" || errno === "EDQUOT") return problemOf("output/no-space", { place });
  return problemOf("output/unwritable", { place, errno });
}

/** The output folder was there, holds a part of the job's output, and is there no more. */
export function outputGone(folder: string): Problem {
  return problemOf("output/gone", { folder });
}

/** The errno of an exception of Node's file calls or of SQLite, null for any other. */
export function errnoOf(error: unknown): string | null {
  const code = codeOf(error);
  if (code === "SQLITE_FULL") return "ENOSPC";
  if (isBusy(error)) return "EBUSY";
  if (/^SQLITE_(IOERR|READONLY|CANTOPEN)/.test(code)) return "EIO";
  return systemErrno(error);
}
