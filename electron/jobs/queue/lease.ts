import fs from "node:fs";
import path from "node:path";
import { isBusy, isDamage } from "../../registry/rows/damage.ts";
import { connect } from "../../registry/open-database.ts";

/**
 * The right to run jobs in a workspace: an exclusive SQLite transaction on `lease.db`. The operating system frees it
 * within milliseconds of its holder's death, and a sleeping or stopped holder still holds it: there are never two.
 */
export type Lease = {
  /** True when it is (or already was) held. */
  readonly tryAcquire: () => boolean;
  readonly isHeld: () => boolean;
  /** Whether anybody holds it, here or elsewhere. Asking does not take it, so it never looks taken to others who ask. */
  readonly isTaken: () => boolean;
  readonly release: () => void;
  readonly close: () => void;
};

export function createLease(home: string, fileName = "lease.db"): Lease {
  const file = path.join(home, fileName);
  const database = connect(file);
  database.pragma("busy_timeout = 0");
  let held = false;

  /** False when another connection's lock is in the way. */
  function tryToRun(statement: string): boolean {
    try {
      database.exec(statement);
      return true;
    } catch (error) {
      if (isBusy(error)) return false;
      if (!isDamage(error)) throw error;
      // Nothing is ever written to the file, and its lock stays with it whatever it holds.
      fs.truncateSync(file);
      database.exec(statement);
      return true;
    }
  }

  /** Reads something: no one can while the file is locked exclusively. */
  const canRead = () => tryToRun("SELECT count(*) FROM sqlite_schema");

  return {
    tryAcquire() {
      const take = () => tryToRun("BEGIN EXCLUSIVE");
      // Somebody who only asks reads for a moment, and is gone when asked for.
      held ||= take() || (canRead() && take());
      return held;
    },
    isHeld: () => held,
    isTaken: () => held || !canRead(),
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
