import * as z from "zod";
import { type Result, success } from "../../contract/problem.ts";
import type { Migration } from "../../registry/migrations.ts";
import { openOrRemake, type SqliteDatabase } from "../../registry/open-database.ts";
import { stored } from "../../registry/rows/damage.ts";
import type { ListedFile } from "../listing/listing.ts";

/** A file whose content is known. */
export type HashedFile = Pick<ListedFile, "path" | "sizeBytes" | "modifiedMs" | "inode" | "target"> & {
  /** Of its content, in hexadecimal. */
  readonly sha256: string;
};

/** What a listing holds: see `contentAddress`. */
export type ContentFacts = { readonly address: string; readonly files: number; readonly bytes: number };

/**
 * What is known of the files that are to be sent: what they hold, and what of them is there. An SQLite file in the folder of
 * whoever sends them. All of it can be found out again, so a damaged one is made anew.
 */
export type ContentLedger = {
  /** A listing begins: its files follow, one after another, by `known` or by `keep`. */
  readonly begin: () => void;
  /** What the file held when it was read last, if it is still the file that was listed. */
  readonly known: (file: ListedFile) => string | null;
  readonly keep: (files: readonly HashedFile[]) => void;
  /** The listing ends: files of an earlier listing that this one does not have are removed. */
  readonly finish: (facts: ContentFacts) => void;
  /** Null: no listing came to its end. */
  readonly facts: () => ContentFacts | null;
  /** Nothing is known of what was sent. */
  readonly forgetSent: () => void;
  /** Those of the files that have this path and size are there. Tells how many, and their bytes. */
  readonly markSent: (files: readonly { readonly path: string; readonly sizeBytes: number }[]) => Sent;
  /** In code-point order of their paths, from behind `after`. */
  readonly unsent: (after: string, most: number) => readonly HashedFile[];
  readonly close: () => void;
};

export type Sent = { readonly files: number; readonly bytes: number };

const migrations: readonly Migration[] = [
  {
    number: 10,
    name: "files",
    up(database) {
      database.exec(`
        CREATE TABLE files (
          path     TEXT PRIMARY KEY,
          bytes    INTEGER NOT NULL,
          modified REAL NOT NULL,
          inode    INTEGER,
          target   TEXT,
          sha256   TEXT NOT NULL,
          listed   INTEGER NOT NULL DEFAULT 1,
          sent     INTEGER NOT NULL DEFAULT 0
        ) STRICT, WITHOUT ROWID;

        -- One row: the content as a whole.
        CREATE TABLE content (
          id      INTEGER PRIMARY KEY CHECK (id = 1),
          address TEXT NOT NULL,
          files   INTEGER NOT NULL,
          bytes   INTEGER NOT NULL
        ) STRICT;
      `);
    },
  },
];

const hashedRow = z
  .object({
    path: z.string(),
    bytes: z.number(),
    modified: z.number(),
    inode: z.number().nullable(),
    target: z.string().nullable(),
    sha256: z.string(),
  })
  .transform(
    ({ path, bytes, modified, inode, target, sha256 }): HashedFile => ({
      path,
      sizeBytes: bytes,
      modifiedMs: modified,
      inode: inode ?? undefined,
      target: target ?? undefined,
      sha256,
    }),
  );
const factsRow = z.object({ address: z.string(), files: z.number(), bytes: z.number() });

/** Problems: workspace/unusable, workspace/newer-version. */
export function openContentLedger(file: string): Result<ContentLedger> {
  const opened = openOrRemake(file, migrations);
  return opened.ok ? success(ledgerOf(opened.value)) : opened;
}

function ledgerOf(database: SqliteDatabase): ContentLedger {
  const find = database
    .prepare(
      "UPDATE files SET listed = 1 WHERE path = ? AND bytes = ? AND modified = ? AND inode IS ? AND target IS ? RETURNING sha256",
    )
    .pluck();
  const put = database.prepare(
    "INSERT OR REPLACE INTO files (path, bytes, modified, inode, target, sha256) VALUES (?, ?, ?, ?, ?, ?)",
  );
  const unlist = database.prepare("UPDATE files SET listed = 0");
  const removeUnlisted = database.prepare("DELETE FROM files WHERE listed = 0");
  const removeFacts = database.prepare("DELETE FROM content");
  const putFacts = database.prepare("INSERT INTO content (id, address, files, bytes) VALUES (1, ?, ?, ?)");
  const readFacts = database.prepare("SELECT address, files, bytes FROM content");
  const markSent = database.prepare("UPDATE files SET sent = 1 WHERE path = ? AND bytes = ? AND sent = 0");
  const forgetSent = database.prepare("UPDATE files SET sent = 0 WHERE sent = 1");
  const unsent = database.prepare(
    "SELECT path, bytes, modified, inode, target, sha256 FROM files WHERE sent = 0 AND path > ? ORDER BY path LIMIT ?",
  );
  return {
    begin: database.transaction(() => {
      unlist.run();
      removeFacts.run();
    }),
    known: ({ path, sizeBytes, modifiedMs, inode, target }) =>
      stored(
        z.string().nullable(),
        find.get(path, sizeBytes, modifiedMs, inode ?? null, target ?? null) ?? null,
        database.name,
      ),
    keep: database.transaction((files: readonly HashedFile[]) => {
      for (const { path, sizeBytes, modifiedMs, inode, target, sha256 } of files)
        put.run(path, sizeBytes, modifiedMs, inode ?? null, target ?? null, sha256);
    }),
    finish: database.transaction(({ address, files, bytes }: ContentFacts) => {
      removeUnlisted.run();
      putFacts.run(address, files, bytes);
    }),
    facts: () => stored(factsRow.nullable(), readFacts.get() ?? null, database.name),
    forgetSent: () => void forgetSent.run(),
    markSent: database.transaction((found: readonly { readonly path: string; readonly sizeBytes: number }[]) => {
      const marked = found.filter(({ path, sizeBytes }) => markSent.run(path, sizeBytes).changes > 0);
      return { files: marked.length, bytes: marked.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0) };
    }),
    unsent: (after, most) => stored(z.array(hashedRow), unsent.all(after, most), database.name),
    close: () => void database.close(),
  };
}
