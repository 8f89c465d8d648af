import path from "node:path";
import { connect } from "../../registry/open-database.ts";

/**
 * The right to run jobs in a workspace: an exclusive SQLite transaction on `lease.db`. The operating system frees it
 * within milliseconds of its holder's death, and a sleeping or stopped holder still holds it: there are never two.
 */
export type Lease = {
  /** True when it is (or already was) held. */
  readonly tryAcquire: () => boolean;
  readonly isHeld: () => boolean;
  /** True when it is held, here or by another process. */
  readonly isTaken: () => boolean;
  readonly release: () => void;
  readonly close: () => void;
};

export function createLease(home: string, fileName = "lease.db"): Lease {
  const database = connect(path.join(home, fileName));
  database.pragma("busy_timeout = 0");
  let held = false;
  return {
    tryAcquire() {
      if (held) return true;
      try {
        database.exec("BEGIN EXCLUSIVE");
        held = true;
      } catch (error) {
        if ((error as { code?: string }).code?.startsWith("SQLITE_BUSY") !== true) throw error;
      }
      return held;
    },
    isHeld: () => held,
    isTaken() {
      if (held || !this.tryAcquire()) return true;
      this.release();
      return false;
    },
    release() {
      if (held) database.exec("ROLLBACK");
      held = false;
    },
    close() {
      this.release();
      database.close();
    },
  };
}
