import type { ItemErrorCode } from "../../item-error.ts";
import { differenceOf, type LookAlike } from "../look-alike.ts";
import { type NameList, quotedNames } from "../name-list.ts";
import type { NestedProblem, Speaker, WordTable, WrittenWords } from "../speaker.ts";

const and = (names: NameList): string => quotedNames(names, "and", (count) => `${count} more`);
const or = (names: NameList): string => quotedNames(names, "or", (count) => `${count} more`);

/** A column that cannot be used, and a value of it that shows why. */
export type RefusedCell = { readonly column: string; readonly value: string };

/** `"a" holds "yes", "b" holds "no"`; nothing when there are none. */
function held(cells: readonly RefusedCell[], before: string, after: string): string {
  if (cells.length === 0) return "";
  return `${before}${cells.map(({ column, value }) => `"${column}" holds "${value}"`).join(", ")}${after}`;
}

/** The first file of an input of which no file can be read, and why not. */
export type UnreadableFile = {
  readonly input: string;
  readonly kind: "folder" | "file";
  readonly how: "table" | "text" | "array";
  readonly file: string;
  readonly code: ItemErrorCode;
  /** As `errors.csv` would have it. */
  readonly reason: string;
};

function noReadableFile({ input, kind, how, file, reason }: UnreadableFile): WrittenWords {
  const what =
    kind === "file"
      ? `"${input}" cannot be scored`
      : `No file in "${input}" can be read as ${{ table: "a table", text: "text", array: "an array" }[how]}`;
  return [`${what}; "${file}": ${reason.slice(0, 1).toLowerCase()}${reason.slice(1)}`, "Choose another input."];
}

function notScored({ file, cause }: { file: string; cause: NestedProblem }, { problem }: Speaker): WrittenWords {
  const { message, remedy } = problem(cause);
  return [`"${file}" was not scored: ${message}`, remedy];
}

/** How a column differs from one that is wanted and looks like it. */
function looksAlike(lookAlike: LookAlike | undefined): string {
  if (lookAlike === undefined) return "";
  const { kind, characters } = differenceOf(lookAlike);
  const how = {
    capitals: "differs in capitals",
    more: `looks alike, but has ${characters.join(", ")}`,
    fewer: `looks alike, but lacks ${characters.join(", ")}`,
    places: "looks alike, but has its characters in other places",
  };
  return `: "${lookAlike.found}" ${how[kind]}`;
}

/** What an input holds, and whether it can be read. */
export const inputProblems = {
  "input/not-found": ({ path }: { path: string }) => [`The input "${path}" does not exist.`, "Check the path."],
  "input/unreadable": ({ path }: { path: string }) => [`The input "${path}" cannot be read.`, "Check its permissions."],
  "input/unreadable:folder": ({ folder }: { folder: string }) => [
    `The folder "${folder}" cannot be read.`,
    "Allow reading it, or choose a folder without it.",
  ],
  "input/unreadable:disk": ({ path, errno }: { path: string; errno: string }) => [
    `The input "${path}" cannot be read (${errno}).`,
    "Check the disk it is on.",
  ],
  "input/unreadable:right-now": ({ place, errno }: { place: string; errno: string }) => [
    `${place} cannot be read right now (${errno}).`,
    "The job goes on by itself once it is there again.",
  ],
  "input/unreadable:timeout": () => ["The input did not answer within two minutes.", "Check the disk or share."],
  "engine/bug:preview": () => ["The input was not looked at, since nothing had changed."],
  "input/unreadable:preview-ended": () => ["The input could not be read: the process that looked at it ended."],
  "input/unreadable:check-ended": () => [
    "The input could not be looked at again: the process that did so ended.",
    "The job tries again by itself.",
  ],
  "input/unreadable:hashing-ended": () => [
    "The files could not be read: the process that read them ended.",
    "Try again.",
  ],
  "input/unreadable:listing-ended": () => [
    "The process that lists the input kept ending.",
    "Look for a damaged file in the input, then resume the job.",
  ],
  "input/unsupported:not-a-folder": ({ path }: { path: string }) => [
    `The input "${path}" is not a folder.`,
    "Give it as a file.",
  ],
  "input/unsupported:not-a-file": ({ path }: { path: string }) => [
    `The input "${path}" is not a file.`,
    "Give it as a folder.",
  ],
  "input/unsupported:ending": ({ file, endings }: { file: string; endings: readonly string[] }) => [
    `The ending of "${file}" is not one that this deployment reads.`,
    `It reads files ending in ${endings.join(", ")}.`,
  ],
  "input/empty": () => ["The input holds nothing to score.", "Choose another folder or file."],
  "input/empty:no-rows": ({ path }: { path: string }) => [
    `The input "${path}" holds no rows.`,
    "Choose an input with at least one row.",
  ],
  "input/empty:no-files": ({
    folder,
    skipped,
    endings,
  }: {
    folder: string;
    skipped: number;
    /** Null: every file is read. */
    endings: readonly string[] | null;
  }) => [
    `The folder "${folder}" holds no file that this deployment reads${skipped === 0 ? "" : ` (${skipped} skipped)`}.`,
    endings === null
      ? ""
      : `It reads files ending in ${endings.join(", ")}${endings.includes(".npy") ? ", or tables with a column of lists for each input" : ""}.`,
  ],
  "input/empty:no-readable-file": noReadableFile,
  "input/unreadable:no-readable-file": noReadableFile,
  "input/unreadable:encoding": ({
    file,
    likely,
    text,
  }: {
    file: string;
    /** A name of the Encoding Standard; null: none is likely. */
    likely: string | null;
    /** The first of the text as that encoding reads it. */
    text: string | null;
  }) => [
    `The text of "${file}" is ${likely === "windows-1252" ? "not UTF-8" : "neither UTF-8 nor likely to be Windows-1252"}${likely === null ? ", and in no encoding that is recognised" : `; it looks like ${likely}, which reads it as "${text}"`}.`,
    `Name its encoding in scorer.yml, as in: input: {encoding: ${likely ?? "windows-1252"}}, or save the file as UTF-8.`,
  ],
  "input/changed": ({
    job,
    changed,
    missing,
    examples,
  }: {
    job: string;
    changed: number;
    missing: number;
    examples: readonly string[];
  }) => {
    const parts = [
      ...(changed === 0 ? [] : [`${changed} ${changed === 1 ? "file was" : "files were"} changed`]),
      ...(missing === 0 ? [] : [`${missing} ${missing === 1 ? "file is" : "files are"} gone`]),
    ];
    const names = examples.map((name) => `"${name}"`).join(", ");
    const more = changed + missing > examples.length ? ", …" : "";
    return [
      `The input is not what the job ${job} had listed: ${parts.join(" and ")} (${names}${more}).`,
      `Put the files back and resume the job, or leave out what it had not scored of them: batchdeck job resume -n ${job} --skip-changed`,
    ];
  },
  "input/changed:file": ({ file }: { file: string }) => [
    `"${file}" is not the file that was listed any more.`,
    "Start again with the files as they are now.",
  ],
  "input/changed:gone": ({
    job,
    endpoint,
    missing,
    example,
  }: {
    job: string;
    endpoint: string;
    missing: number;
    example: string;
  }) => [
    `Of the files that the job ${job} had scored ${missing} ${missing === 1 ? "is" : "are"} gone (such as "${example}"), and its rows would be lost.`,
    `Put the files back, or score what is there now: batchdeck invoke -n ${endpoint} --incremental`,
  ],

  "input/wrong-columns:none": ({ file }: { file: string }) => [
    `"${file}" has no columns.`,
    "JSON lines hold one object a line; a table begins with its header.",
  ],
  "input/wrong-columns:no-header": ({ file }: { file: string }) => [
    `The first line of "${file}" holds numbers only, so it is no header.`,
    "Put a line with the names of the columns first.",
  ],
  "input/wrong-columns:signature": ({
    file,
    missing,
    columns,
    lookAlike,
  }: {
    file: string;
    missing: NameList;
    columns: NameList;
    lookAlike?: LookAlike;
  }) => [
    `"${file}" has no column ${or(missing)}, which the model's signature wants${looksAlike(lookAlike)}.`,
    `Its columns are ${and(columns)}.`,
  ],
  "input/wrong-columns:missing": ({
    file,
    missing,
    columns,
    lookAlike,
    place,
  }: {
    file: string;
    missing: NameList;
    columns: NameList;
    lookAlike?: LookAlike;
    place: "input.columns" | "output.keep";
  }) => [
    `"${file}" has no column ${or(missing)}${looksAlike(lookAlike)}.`,
    `Its columns are ${and(columns)}; name the right ones under ${place} in scorer.yml, then update the deployment.`,
  ],
  "input/wrong-columns:repeated": ({ file, repeated }: { file: string; repeated: NameList }) => [
    `"${file}" has more than one column ${and(repeated)}, and nothing says which is meant.`,
    "Give each of them a name of its own.",
  ],
  "input/wrong-columns:count": ({
    file,
    input,
    width,
    isNumeric,
    fitting,
    refused,
    hasKept,
  }: {
    file: string;
    input: string;
    /** Null: any number of columns. */
    width: number | null;
    isNumeric: boolean;
    fitting: NameList;
    /** The first columns that are not numeric. */
    refused: readonly RefusedCell[];
    hasKept: boolean;
  }) => {
    const columns = `${isNumeric ? "numeric " : ""}${width === 1 ? "column" : "columns"}`;
    const found = fitting.count === 0 ? "none" : `${fitting.count}: ${and(fitting)}`;
    return [
      `The model's input "${input}" takes ${width === null ? "" : `${width} `}${columns}, ` +
        `and "${file}" has ${found}${hasKept ? ", beside those under output.keep" : ""}${held(refused, " (", ")")}.`,
      "Name the columns under input.columns in scorer.yml, then update the deployment.",
    ];
  },
  "input/wrong-columns:missing-rule": ({
    file,
    columns,
    taken,
  }: {
    file: string;
    columns: NameList;
    taken: NameList;
  }) => [
    `"input.missing" in scorer.yml names ${and(columns)}, and no input of the model takes that from "${file}".`,
    `They take ${and(taken)}; correct scorer.yml, then update the deployment.`,
  ],
  "input/wrong-columns:values": ({
    file,
    columns,
    refused,
  }: {
    file: string;
    columns: NameList;
    /** Of the first of them that have a value. */
    refused: readonly RefusedCell[];
  }) => [
    (columns.count === 1
      ? `The column ${and(columns)} of "${file}" holds no value that the model can take`
      : `The columns ${and(columns)} of "${file}" hold no value that the model can take`) +
      `${held(refused, ": ", "")}.`,
    "Correct the file, or name the right ones under input.columns in scorer.yml.",
  ],

  "input/empty:address": ({ address }: { address: string }) => [
    `There is nothing at "${address}".`,
    "Check the address.",
  ],
  "input/unsupported:download-many": ({ address }: { address: string }) => [
    `"${address}" is not one file.`,
    "Download it, then give the local folder.",
  ],
  "input/unsupported:download-name": ({ address, name }: { address: string; name: string }) => [
    `"${address}" holds the name "${name}", which cannot be a file here.`,
    "Download it, then give the local folder.",
  ],
  "input/unsupported:download-case": ({ address }: { address: string }) => [
    `"${address}" holds files whose names differ in case alone.`,
    "Download it, then give the local folder.",
  ],
  "input/unsupported:download-twice": ({ address, name }: { address: string; name: string }) => [
    `"${address}" holds "${name}" as a file and as a folder.`,
    "Download it, then give the local folder.",
  ],
  "input/unreadable:download-short": ({ file, bytes, expected }: { file: string; bytes: number; expected: number }) => [
    `"${file}" came with ${bytes} of ${expected} bytes.`,
    "The job tries again by itself.",
  ],

  "input/not-found:picture": ({ file }: { file: string }) => [
    `The picture "${file}" is not there any more.`,
    "Its results stay. Put the file back to see it.",
  ],
  "input/changed:picture": ({ file }: { file: string }) => [
    `The picture "${file}" is another one by now than the one that was scored.`,
    "Its results stay. Put the file back to see it.",
  ],
  "input/unreadable:picture": ({ file, reason }: { file: string; code: ItemErrorCode; reason: string }) => [
    `The picture "${file}" cannot be shown: ${reason.slice(0, 1).toLowerCase()}${reason.slice(1)}`,
    "Its results stay.",
  ],
  "input/unreadable:picture-ended": () => [
    "The picture cannot be shown: the process that decodes it ended, or took too long.",
    "Its results stay. Choose the row again to try again.",
  ],

  "input/unreadable:watched-files": ({
    folder,
    files,
    example,
  }: {
    folder: string;
    files: number;
    example: string;
  }) => [
    `${files === 1 ? "1 file" : `${files} files`} in ${folder} cannot be opened, such as "${example}".`,
    "They are scored as soon as they can be.",
  ],
  "input/not-found:watched-folder": ({ folder }: { folder: string }) => [
    `The watched folder ${folder} is not there.`,
    "Watching goes on once it is back.",
  ],
  "input/unreadable:watched-folder": ({ folder }: { folder: string }) => [
    `The folder ${folder} cannot be read.`,
    "Watching goes on once it can be.",
  ],
  // A file of a watched folder is refused with the code of what is wrong with it.
  "input/empty:watched-file": notScored,
  "input/unreadable:watched-file": notScored,
  "input/unsupported:watched-file": notScored,
  "input/wrong-columns:watched-file": notScored,
} satisfies Partial<WordTable>;
