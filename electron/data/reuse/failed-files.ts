import * as z from "zod";
import { stored } from "../../registry/rows/damage.ts";
import { connect } from "../../registry/open-database.ts";

const rowSchema = z.object({ file: z.string() });

/** The files of a finished job that hold a failed item, by its journal. Throws Damage, and what SQLite throws. */
export function readFailedFiles(journalFile: string): ReadonlySet<string> {
  const database = connect(journalFile, { readonly: true });
  try {
    const rows = database.prepare("SELECT file FROM failed_files").all();
    return new Set(rows.map((row) => stored(rowSchema, row, journalFile).file));
  } finally {
    database.close();
  }
}
