import { type Dialects, findRecords } from "../dialects/file-dialect.ts";
import { splitText } from "../cut/split-text.ts";
import type { ListedFile, Listing } from "../listing/listing.ts";
import type { Beginning, Beginnings } from "./beginnings.ts";
import { breathe } from "../listing/report-progress.ts";
import { beginningBytes, type Checked, emptyFile, readFully, withFile } from "../table-file.ts";

/** Rows are counted in so many bytes of tables; what lies beyond is estimated. */
const countedBytes = 64 * 1024 * 1024;

/** Items of a file, and how many of its bytes were looked at for them. */
export type Counted = { readonly items: number; readonly bytes: number };
export type Counting = Checked<Counted> | Promise<Checked<Counted>>;

/** Items of the first megabytes by `countFile`, which gets a file and how many bytes of it to look at; the rest is estimated. */
export async function countItems(
  listing: Listing,
  countFile: (file: ListedFile, limit: number) => Counting,
  onProgress: () => void,
): Promise<{ items: number; isExact: boolean }> {
  let items = 0;
  let looked = 0;
  let isExact = true;
  let lastBreath = performance.now();
  for (const file of listing.files) {
    const left = countedBytes - looked;
    if (left <= 0) {
      isExact = false;
      break;
    }
    const counting = countFile(file, left);
    // Of many small files, waiting for what is there takes longer than counting.
    const counted = counting instanceof Promise ? await counting : counting;
    items += counted.ok ? counted.value.items : 1;
    looked += counted.ok ? counted.value.bytes : Math.min(left, file.sizeBytes);
    if (counted.ok && counted.value.bytes < file.sizeBytes) isExact = false;
    if (performance.now() - lastBreath > 20) {
      onProgress();
      await breathe();
      lastBreath = performance.now();
    }
  }
  return isExact ? { items, isExact } : { items: Math.max(1, Math.round((items / looked) * listing.bytes)), isExact };
}

/** Whole records are counted: a cut one would be no record, and a large cell in it many. */
const countedAtOnce = 4 * 1024 * 1024;

/** Records of the first `limit` bytes of a file of text. `dialects` null: lines are records. */
export function countRecords(
  beginnings: Beginnings,
  counted: ListedFile,
  dialects: Dialects | null,
  limit: number,
): Counting {
  if (counted.sizeBytes === 0) return { ok: false, problem: emptyFile };
  return beginnings.look(counted, (beginning) => countIn(beginning, dialects, limit));
}

function countIn({ path, listed, share }: Beginning, dialects: Dialects | null, limit: number): Checked<Counted> {
  const { sizeBytes } = listed;
  return withFile(path, listed, (file) => {
    // A small file is read once: of many, reading is what takes the time.
    const source = sizeBytes <= beginningBytes ? wholeFile(file, sizeBytes) : file;
    const found = findRecords(source, listed, dialects);
    if (!found.ok) return found;
    const { dataStart, dialect } = found.value;
    const limits = { bytes: countedAtOnce, rows: Number.POSITIVE_INFINITY, rowMultiple: 1 };
    let [items, end] = [0, dataStart];
    for (const slice of splitText(source, dataStart, sizeBytes, 1, dialect, limits)) {
      items += slice.items;
      end = slice.end;
      if (end >= limit) break;
    }
    return { ok: true, value: { items, bytes: Math.round((end >= limit ? end : sizeBytes) * share) } };
  });
}

function wholeFile(file: number, sizeBytes: number): Buffer {
  const bytes = Buffer.alloc(sizeBytes);
  return bytes.subarray(0, readFully(file, bytes, 0, sizeBytes, 0));
}
