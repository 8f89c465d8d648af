import { type ItemFilesRecord, itemFilesOf } from "../../contract/tables/item-file-records.ts";
import type { MergeRecord } from "../../contract/messages/merge-messages.ts";
import type { BaseItemFiles } from "../../contract/nouns/base-job.ts";
import { BaseItemFileGone, entriesOf, readerOf } from "../../data/reuse/base-item-files.ts";
import type { ItemFolders } from "./item-folders.ts";
import { openSegment, readSegment } from "./segment-files.ts";

/** False when they are not what the record's worker wrote, or not there any more. */
export async function addItemFiles(folders: ItemFolders, record: MergeRecord): Promise<boolean> {
  if (record.itemFiles === null) return true;
  if (record.base !== null) return addBaseFiles(folders, record, record.itemFiles, record.base);
  const source = await openSegment(itemFilesOf(record.segmentFile));
  if (source === null) return false;
  try {
    return await folders.add((into, position) => readSegment(source, into, position), record.itemFiles);
  } finally {
    await source.close();
  }
}

/** The same of those of a base. */
async function addBaseFiles(
  folders: ItemFolders,
  { segmentFile, offset, rowsBytes }: MergeRecord,
  record: ItemFilesRecord,
  base: BaseItemFiles,
): Promise<boolean> {
  const source = await openSegment(segmentFile);
  if (source === null) return false;
  const rows = Buffer.allocUnsafe(rowsBytes);
  try {
    if ((await readSegment(source, rows, offset)) < rowsBytes) return false;
  } finally {
    await source.close();
  }
  const pieces = entriesOf(rows, base);
  try {
    const read = readerOf(pieces);
    return await folders.add((into) => Promise.resolve(read(into)), record);
  } catch (error) {
    if (error instanceof BaseItemFileGone) return false;
    throw error;
  } finally {
    pieces.return(undefined);
  }
}
