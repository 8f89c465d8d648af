import * as z from "zod";
import { type ArrivedFile, arrivedFileSchema } from "../../contract/messages/watch-messages.ts";
import { connect } from "../../registry/open-database.ts";

/**
 * Files of a watched folder that were seen and are not taken yet. They are kept in a database that SQLite makes for this
 * process and throws away with it, so that a hundred thousand of them are no matter of memory; a process that begins again finds
 * them again. Times are milliseconds of `performance.now()`.
 *
 *     growing ──unchanged for the settle time──> arrived ──reported──> reported ──taken──> gone
 *        ^───────────────changed────────────────────┴──────────────────┘
 */
export type PendingFiles = {
  /** A file was seen as it is now. It starts to settle when it is new or another than before. */
  readonly saw: (file: ArrivedFile, now: number) => void;
  readonly forget: (path: string) => void;
  /** Growing files that have been the same since `before`, the longest first. */
  readonly settled: (before: number, most: number) => readonly ArrivedFile[];
  readonly arrived: (path: string, now: number) => void;
  /** It cannot be read: it is looked at again as if it were new. */
  readonly unreadable: (path: string, now: number) => void;
  /** Files that arrived and were not reported yet, in order of their paths. */
  readonly listArrived: (most: number) => readonly ArrivedFile[];
  readonly reported: (paths: readonly string[]) => void;
  /** Forgets what was reported and has not changed since. */
  readonly taken: () => void;
  /** What was reported could not be taken: it arrived just now. */
  readonly notTaken: (now: number) => void;
  readonly counts: (most: number) => {
    readonly isAnyGrowing: boolean;
    /** Counted up to `most`. */
    readonly arrived: number;
    /** When the first of those that arrived did so; null when none has. */
    readonly firstArrivedAt: number | null;
    /** Files that could not be read when they had settled, and the first of them by its path. */
    readonly unreadable: number;
    readonly unreadableExample: string | null;
  };
  readonly close: () => void;
};

const countsSchema = z.strictObject({
  isAnyGrowing: z.number().transform((value) => value === 1),
  arrived: z.number(),
  firstArrivedAt: z.number().nullable(),
  unreadable: z.number(),
  unreadableExample: z.string().nullable(),
});

export function createPendingFiles(): PendingFiles {
  // An empty name: a file of SQLite's own, which nobody else sees and which goes with the connection.
  const database = connect("");
  // It need not outlive anything and nothing is ever rolled back: one transaction that never ends is many times as fast.
  database.pragma("journal_mode = OFF");
  database.pragma("synchronous = OFF");
  database.pragma("cache_size = -16384");
  database.exec(`
    CREATE TABLE pending (
      path TEXT PRIMARY KEY,
      size_bytes INTEGER NOT NULL,
      modified_ms REAL NOT NULL,
      identity TEXT NOT NULL,
      state TEXT NOT NULL,
      since REAL NOT NULL,
      unreadable INTEGER NOT NULL DEFAULT 0
    ) STRICT, WITHOUT ROWID;
    CREATE INDEX pending_since ON pending (state, since);
    CREATE INDEX pending_path ON pending (state, path);
    CREATE INDEX pending_unreadable ON pending (path) WHERE unreadable = 1;
  `);
  database.exec("BEGIN");
  const facts = "path, size_bytes AS sizeBytes, modified_ms AS modifiedMs, identity";
  const saw = database.prepare(`
    INSERT INTO pending (path, size_bytes, modified_ms, identity, state, since)
    VALUES (@path, @sizeBytes, @modifiedMs, @identity, 'growing', @now)
    ON CONFLICT (path) DO UPDATE SET size_bytes = @sizeBytes, modified_ms = @modifiedMs, identity = @identity,
      state = 'growing', since = @now
    WHERE size_bytes <> @sizeBytes OR modified_ms <> @modifiedMs OR identity <> @identity`);
  const forget = database.prepare("DELETE FROM pending WHERE path = ?");
  const settled = database.prepare(
    `SELECT ${facts} FROM pending WHERE state = 'growing' AND since <= ? ORDER BY since LIMIT ?`,
  );
  const arrived = database.prepare("UPDATE pending SET state = 'arrived', since = ?, unreadable = 0 WHERE path = ?");
  const unreadable = database.prepare("UPDATE pending SET since = ?, unreadable = 1 WHERE path = ?");
  const listArrived = database.prepare(`SELECT ${facts} FROM pending WHERE state = 'arrived' ORDER BY path LIMIT ?`);
  const reported = database.prepare("UPDATE pending SET state = 'reported' WHERE path = ? AND state = 'arrived'");
  const taken = database.prepare("DELETE FROM pending WHERE state = 'reported'");
  const notTaken = database.prepare("UPDATE pending SET state = 'arrived', since = ? WHERE state = 'reported'");
  const counts = database.prepare(`
    SELECT EXISTS (SELECT 1 FROM pending WHERE state = 'growing') AS isAnyGrowing,
      (SELECT count(*) FROM (SELECT 1 FROM pending WHERE state = 'arrived' LIMIT ?)) AS arrived,
      (SELECT min(since) FROM pending WHERE state = 'arrived') AS firstArrivedAt,
      (SELECT count(*) FROM pending WHERE unreadable = 1) AS unreadable,
      (SELECT min(path) FROM pending WHERE unreadable = 1) AS unreadableExample`);
  const many = (rows: readonly unknown[]): readonly ArrivedFile[] => rows.map((row) => arrivedFileSchema.parse(row));
  return {
    saw: (file, now) => {
      saw.run({ ...file, now });
    },
    forget: (path) => {
      forget.run(path);
    },
    settled: (before, most) => many(settled.all(before, most)),
    arrived: (path, now) => {
      arrived.run(now, path);
    },
    unreadable: (path, now) => {
      unreadable.run(now, path);
    },
    listArrived: (most) => many(listArrived.all(most)),
    reported: (paths) => {
      for (const path of paths) reported.run(path);
    },
    taken: () => {
      taken.run();
    },
    notTaken: (now) => {
      notTaken.run(now);
    },
    counts: (most) => countsSchema.parse(counts.get(most)),
    close: () => {
      database.close();
    },
  };
}
