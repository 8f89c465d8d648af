import fs from "node:fs";
import path from "node:path";
import { expect, test } from "vitest";
import { openAsWritten } from "../../../electron/data/reuse/base-job.ts";
import type { BaseJournal } from "../../../electron/data/reuse/base-journal.ts";
import { prepareSwap, type SwapPlace, swapKinds, writeSwapPlace } from "../../helpers/data/swaps.ts";
import { temporaryFolder } from "../../helpers/places.ts";

/** Rows are taken over from the very files that a job wrote: links in their places are not followed. */
const root = fs.realpathSync(temporaryFolder("base-files"));
let rounds = 0;

function canBeOpened({ input }: SwapPlace, isParquet: boolean): boolean {
  const [rowsFile, errorsFile] = ["s000/predictions.csv", "s001/errors.csv"].map((file) => path.join(input, file));
  const written = { rowsEnd: 7, errorsEnd: 7, parquet: { bytes: 7, modifiedMs: 1_700_000_000_000 } };
  const opened: number[] = [];
  try {
    const files = { rowsFile: rowsFile ?? "", errorsFile: errorsFile ?? "", isParquet };
    return openAsWritten(files, written as BaseJournal, opened) !== null;
  } catch (error) {
    // Whoever asks takes it for the same: nothing can be taken over.
    expect(error).toHaveProperty("code");
    return false;
  } finally {
    for (const file of opened) fs.closeSync(file);
  }
}

/** Another regular file in the place itself is found out by the checksums of its records. */
const kinds = swapKinds.filter((kind) => kind !== "hard link" && kind !== "other file");
const cases = kinds.flatMap((kind) => [true, false].map((isParquet) => [kind, isParquet] as const));

test.skipIf(process.platform === "win32").each(cases)("%s in the place of one, Parquet %s", async (kind, isParquet) => {
  rounds += 1;
  const place = await writeSwapPlace(path.join(root, String(rounds)), ["predictions.csv", "errors.csv"], (file, word) =>
    fs.writeFileSync(file, word),
  );
  for (const file of place.files) {
    expect(canBeOpened(place, isParquet)).toBe(true);
    const swap = prepareSwap(place, file, kind);
    swap.take();
    expect(canBeOpened(place, isParquet), file).toBe(false);
    swap.undo();
  }
});
