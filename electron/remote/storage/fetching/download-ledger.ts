import * as z from "zod";
import { type Result, success } from "../../../contract/problem.ts";
import type { Migration } from "../../../registry/migrations.ts";
import { openOrRemake, type SqliteDatabase } from "../../../registry/open-database.ts";
import { stored } from "../../../registry/rows/damage.ts";
import type { BlobFacts } from "../transfers.ts";
import { foldedName, foldersOf } from "./blob-names.ts";

/** A blob that is to become a file. */
export type ListedBlob = Pick<BlobFacts, "sizeBytes" | "etag" | "md5"> & {
  /** Its whole name. */
  readonly name: string;
  /** Of the file, below the folder, with `/`. */
  readonly path: string;
};

export type WantedBlob = ListedBlob & {
  /** Names what is fetched of it, until it is whole. */
  readonly id: number;
};

export type Totals = { readonly files: number; readonly bytes: number };

/**
 * What is to be fetched, and what of it is here: it survives a kill, and what it says is here is on the disk. An SQLite file beside
 * what is fetched. Without it everything is fetched again, so a damaged one is made anew.
 */
export type DownloadLedger = {
  /** The whole list is known, and goes on as it was. */
  readonly isListed: () => boolean;
  /** Whatever an earlier list said is forgotten, with what is here of it. */
  readonly beginList: () => void;
  /** The paths of those that are whole, from behind `after`. */
  readonly finished: (after: string, most: number) => readonly string[];
  /** A page of the list. */
  readonly addBlobs: (blobs: readonly ListedBlob[]) => void;
  /** The list is whole. The first name that would be two files here, or a file and a folder; null: there is none. */
  readonly endList: () => string | null;
  readonly totals: () => Totals;
  readonly done: () => Totals;
  /** Those that are not whole, by their id, from behind `after`. */
  readonly wanted: (after: number, most: number) => readonly WantedBlob[];
  /** The starts of the ranges of a blob that are on the disk. */
  readonly ranges: (id: number) => ReadonlySet<number>;
  readonly addRanges: (ranges: readonly { readonly id: number; readonly start: number }[]) => void;
  /** These are whole, under their names. */
  readonly finish: (ids: readonly number[]) => void;
  /** Nothing of the blob is here. */
  readonly forget: (id: number) => void;
  readonly close: () => void;
};

const migrations: readonly Migration[] = [
  {
    number: 10,
    name: "blobs",
    up(database) {
      database.exec(`
        CREATE TABLE blobs (
          id     INTEGER PRIMARY KEY,
          name   TEXT NOT NULL,
          path   TEXT NOT NULL UNIQUE,
          folded TEXT NOT NULL,
          bytes  INTEGER NOT NULL,
          etag   TEXT NOT NULL,
          md5    TEXT,
          done   INTEGER NOT NULL DEFAULT 0
        ) STRICT;
        CREATE INDEX blobs_folded ON blobs (folded);

        CREATE TABLE folders (folded TEXT PRIMARY KEY) STRICT, WITHOUT ROWID;

        -- Of larger blobs: what is on the disk of them.
        CREATE TABLE ranges (
          blob  INTEGER NOT NULL,
          start INTEGER NOT NULL,
          PRIMARY KEY (blob, start)
        ) STRICT, WITHOUT ROWID;

        CREATE TABLE facts (name TEXT PRIMARY KEY) STRICT, WITHOUT ROWID;
      `);
    },
  },
];

const totalsRow = z.object({ files: z.number(), bytes: z.number() });
const wantedRow = z
  .object({
    id: z.number(),
    name: z.string(),
    path: z.string(),
    bytes: z.number(),
    etag: z.string(),
    md5: z.string().nullable(),
  })
  .transform(({ bytes, ...rest }): WantedBlob => ({ ...rest, sizeBytes: bytes }));

/** Problems: workspace/unusable, workspace/newer-version. */
export function openDownloadLedger(file: string): Result<DownloadLedger> {
  const opened = openOrRemake(file, migrations);
  return opened.ok ? success(ledgerOf(opened.value)) : opened;
}

function ledgerOf(database: SqliteDatabase): DownloadLedger {
  const one = (sql: string) => database.prepare(sql);
  const putBlob = one("INSERT OR IGNORE INTO blobs (name, path, folded, bytes, etag, md5) VALUES (?, ?, ?, ?, ?, ?)");
  const putFolder = one("INSERT OR IGNORE INTO folders (folded) VALUES (?)");
  const putListed = one("INSERT OR IGNORE INTO facts (name) VALUES ('listed')");
  const isListed = one("SELECT count(*) FROM facts WHERE name = 'listed'").pluck();
  const twice = one(`
    SELECT path FROM blobs WHERE folded IN (SELECT folded FROM folders)
    UNION ALL
    SELECT max(path) FROM blobs GROUP BY folded HAVING count(*) > 1
    LIMIT 1`).pluck();
  const total = one("SELECT count(*) AS files, coalesce(sum(bytes), 0) AS bytes FROM blobs");
  const done = one("SELECT count(*) AS files, coalesce(sum(bytes), 0) AS bytes FROM blobs WHERE done = 1");
  const wanted = one(
    "SELECT id, name, path, bytes, etag, md5 FROM blobs WHERE done = 0 AND id > ? ORDER BY id LIMIT ?",
  );
  const finished = one("SELECT path FROM blobs WHERE done = 1 AND path > ? ORDER BY path LIMIT ?").pluck();
  const ranges = one("SELECT start FROM ranges WHERE blob = ?").pluck();
  const putRange = one("INSERT OR IGNORE INTO ranges (blob, start) VALUES (?, ?)");
  const setDone = one("UPDATE blobs SET done = 1 WHERE id = ?");
  const removeRanges = one("DELETE FROM ranges WHERE blob = ?");
  return {
    beginList: () =>
      void database.exec(
        "BEGIN; DELETE FROM blobs; DELETE FROM folders; DELETE FROM ranges; DELETE FROM facts; COMMIT",
      ),
    finished: (after, most) => stored(z.array(z.string()), finished.all(after, most), database.name),
    isListed: () => isListed.get() === 1,
    addBlobs: database.transaction((blobs: readonly ListedBlob[]) => {
      for (const { name, path, sizeBytes, etag, md5 } of blobs) {
        putBlob.run(name, path, foldedName(path), sizeBytes, etag, md5);
        for (const folder of foldersOf(path)) putFolder.run(foldedName(folder));
      }
    }),
    endList() {
      const name = stored(z.string().nullable(), twice.get() ?? null, database.name);
      if (name === null) putListed.run();
      return name;
    },
    totals: () => stored(totalsRow, total.get(), database.name),
    done: () => stored(totalsRow, done.get(), database.name),
    wanted: (after, most) => stored(z.array(wantedRow), wanted.all(after, most), database.name),
    ranges: (id) => new Set(stored(z.array(z.number()), ranges.all(id), database.name)),
    addRanges: database.transaction((more: readonly { readonly id: number; readonly start: number }[]) => {
      for (const { id, start } of more) putRange.run(id, start);
    }),
    finish: database.transaction((ids: readonly number[]) => {
      for (const id of ids) {
        setDone.run(id);
        removeRanges.run(id);
      }
    }),
    forget: (id) => void removeRanges.run(id),
    close: () => void database.close(),
  };
}
