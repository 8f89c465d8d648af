import { systemErrno } from "../contract/errno.ts";

/** The operating system's code of a failed call ("ENOENT"), undefined for any other error. */
export function errorCode(error: unknown): string | undefined {
  if (!(error instanceof Error) || !("syscall" in error) || !("code" in error)) return undefined;
  return systemErrno(error) ?? undefined;
}
