import { systemErrno } from "../contract/errno.ts";

/** Whether a process of this computer lives; another one may have got its number since. */
export function isProcessAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return systemErrno(error) === "EPERM";
  }
}
