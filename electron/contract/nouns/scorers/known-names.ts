import { fileEnding, tableFormat, unpackedName } from "../../tables/table-format.ts";
import { type ItemSource, readableEndings } from "../scorer.ts";

const withoutText: readonly ItemSource[] = ["pictures", "sounds", "arrays", "array-rows"];

/** Whether a scorer reads files of that ending. */
export function hasReadableEnding(name: string, source: ItemSource): boolean {
  const endings = readableEndings[source];
  if (endings === null || endings.includes(fileEnding(name))) return true;
  // Text is unpacked, as is what holds it. Parquet and archives of arrays are compressed inside.
  const unpacked = unpackedName(name);
  const isText = isUnpacked(source) && tableFormat(unpacked) !== "parquet";
  return unpacked !== name && isText && endings.includes(fileEnding(unpacked));
}

/** Whether files that are compressed as a whole are unpacked. */
export function isUnpacked(source: ItemSource): boolean {
  return !withoutText.includes(source);
}

/** Endings of what no scorer reads, and of copies that were set aside: `a.csv.bak` is `a.csv` again. */
const otherEndings = [
  "bak old orig tmp temp swp lock crc md5 sha1 sha256 sig download crdownload partial",
  "pdf doc docx odt rtf xls xlsx xlsm xlsb ods ppt pptx odp epub html htm xml xsl css svg tex bib rst adoc",
  "yml yaml toml ini cfg conf properties env",
  "py pyc ipynb r rmd js mjs cjs ts tsx jsx java class jar c h cpp hpp cs go rs rb php sh bat ps1 sql",
  "zip 7z rar tar tgz bz2 xz lz4 br z iso dmg exe dll so dylib msi deb rpm whl",
  "onnx ort pb pkl pickle joblib pt pth bin h5 hdf5 keras tflite safetensors mat rds feather arrow orc avro",
  "db sqlite sqlite3 mdb accdb wal shm m4a mp4 avi mov mkv webm heic ico psd ttf woff woff2",
];

/** Endings that say what a file is, lower case, with the dot. */
export const knownEndings: ReadonlySet<string> = new Set([
  ...Object.values(readableEndings).flatMap((endings) => endings ?? []),
  ...otherEndings.flatMap((endings) => endings.split(" ").map((ending) => `.${ending}`)),
]);

/** What stands beside data everywhere, with no ending; lower case. */
export const besideData: readonly string[] =
  "readme license licence copying notice authors contributors changelog makefile dockerfile version".split(" ");

/** Whether the name of a file that a scorer does not read by its ending says that it is something else. */
export function isOfAnotherKind(path: string): boolean {
  const name = path.slice(path.lastIndexOf("/") + 1);
  if (
    knownEndings.has(fileEnding(unpackedName(path))) ||
    besideData.includes(unpackedName(name).toLowerCase()) ||
    name.endsWith("~")
  )
    return true;
  // Spark, Hive and Delta keep their own records in what begins so: _SUCCESS, _metadata, _delta_log/.
  return path.split("/").some((part) => part.startsWith("_"));
}
