import { promises as files, type Stats } from "node:fs";
import path from "node:path";
import { failure, type Result, success } from "../../contract/problem.ts";
import { quoted } from "../onnx/scan-findings.ts";

/** A file that belongs to a model. */
export type ModelFile = {
  /** Relative to the model's folder, with `/`. */
  readonly name: string;
  /** Absolute and without links. */
  readonly source: string;
  readonly sizeBytes: number;
  /** How many names the file has in its file system; more than one: it may be somebody else's file too. */
  readonly links: number;
  /** Which file it was when it was looked at: another one under the same name has another. */
  readonly identity: string;
};

/** Whose folder it is: how sentences call it, what refusals are called, and how much it can hold before it was named by mistake. */
export type FolderOwner = "model" | "code";

export const folderWords = {
  model: {
    title: "model",
    holder: "a model",
    code: { invalid: "model/invalid", unreadable: "model/unreadable", outside: "model/outside-files" },
    mostFiles: 10_000,
    mostBytes: 50 * 1024 ** 3,
    advice: "Name the model's own folder, or its .onnx file.",
  },
  code: {
    title: "code",
    holder: "the code of a script",
    code: { invalid: "script/invalid", unreadable: "script/invalid", outside: "script/invalid" },
    mostFiles: 10_000,
    mostBytes: 256 * 1024 ** 2,
    advice: "Name the folder of the script alone as code; data and models belong elsewhere.",
  },
} as const;

const mostNamesInAMessage = 5;

/**
 * Every file of a model's or a script's folder, sorted by name in code-point order. Links inside the folder are followed
 * to the files that they name; a link out of it, a link to a folder, and anything that is no file are refused. Of what
 * `isLeftOut` says of names, files and folders are not looked at.
 */
export async function listFolder(
  folder: string,
  owner: FolderOwner,
  isLeftOut: (name: string) => boolean = () => false,
): Promise<Result<readonly ModelFile[]>> {
  const { holder, code, mostFiles, mostBytes, advice } = folderWords[owner];
  const root = await files.realpath(folder);
  const found: ModelFile[] = [];
  const pending = [""];
  let bytes = 0;
  for (;;) {
    const current = pending.pop();
    if (current === undefined) break;
    for (const entry of await files.readdir(path.join(root, current), { withFileTypes: true })) {
      if (isLeftOut(entry.name)) continue;
      const name = current === "" ? entry.name : `${current}/${entry.name}`;
      if (entry.isDirectory()) {
        pending.push(name);
        continue;
      }
      const file = await fileInside(root, name, owner);
      if (!file.ok) return file;
      found.push(file.value);
      bytes += file.value.sizeBytes;
      if (found.length > mostFiles || bytes > mostBytes) {
        const most = mostBytes < 1024 ** 3 ? `${mostBytes / 1024 ** 2} MiB` : `${mostBytes / 1024 ** 3} GiB`;
        return failure(
          code.invalid,
          `The folder "${folder}" holds more than ${holder} can: over ${mostFiles} files or ${most}.`,
          advice,
        );
      }
    }
  }
  return success(found.sort((a, b) => (a.name < b.name ? -1 : 1)));
}

/** One file under a folder (both resolved): refused when links lead out of it, or when it is no regular file. */
export async function fileInside(root: string, name: string, owner: FolderOwner): Promise<Result<ModelFile>> {
  const { title, code } = folderWords[owner];
  const asWritten = path.join(root, name);
  let source: string;
  let stats: Stats;
  try {
    source = await files.realpath(asWritten);
    stats = await files.lstat(source);
  } catch (error) {
    const missing = (error as NodeJS.ErrnoException).code === "ENOENT";
    const reason = missing ? "is not there" : `cannot be read: ${(error as Error).message}`;
    return failure(code.unreadable, `The ${title}'s file "${name}" ${reason}.`, `Put it into the ${title}'s folder.`);
  }
  if (!source.startsWith(root.endsWith(path.sep) ? root : root + path.sep)) {
    return failure(
      code.outside,
      `The ${title}'s file "${name}" is a link that leaves the ${title}'s folder.`,
      copyInstead,
    );
  }
  if (!stats.isFile()) {
    const what = stats.isDirectory() ? "a link to a folder" : "not a file";
    return failure(code.outside, `"${name}" in the ${title}'s folder is ${what}.`, copyInstead);
  }
  return success({ name, source, sizeBytes: stats.size, links: stats.nlink, identity: fileIdentity(stats) });
}

/** Tells files of one computer apart, whatever they are called. */
export function fileIdentity({ dev, ino }: { readonly dev: number; readonly ino: number }): string {
  return `${dev}:${ino}`;
}

const copyInstead = "Put the file itself into the folder.";

/** The one .onnx file of a model. */
export function onlyOnnxFile(folder: string, modelFiles: readonly ModelFile[]): Result<string> {
  const found = modelFiles.map(({ name }) => name).filter((name) => name.toLowerCase().endsWith(".onnx"));
  const [only, ...others] = found;
  if (only === undefined) {
    return failure(
      "model/invalid",
      `The folder "${folder}" holds no .onnx file.`,
      "Name the folder or file of an ONNX model.",
    );
  }
  if (others.length > 0) {
    const shown = found.slice(0, mostNamesInAMessage).join(", ") + (found.length > mostNamesInAMessage ? ", …" : "");
    return failure(
      "model/invalid",
      `The folder "${folder}" holds ${found.length} .onnx files (${shown}).`,
      "Name one of the files instead of the folder.",
    );
  }
  return success(only);
}

/**
 * The name, relative to the model's folder, of a file that a tensor names as the place of its data; `onnxFile` is
 * relative to the same folder. Only plain relative paths that go down are let through: what any operating system could
 * take for something else (another drive, a device, a stream, a name without its last dot) is refused on all of them.
 */
export function externalFileName(onnxFile: string, location: string): Result<string> {
  const parts = location.split("/");
  if (hasOddCharacters.test(location) || !parts.every(isPlainPart) || parts.at(-1) === ".") {
    return failure(
      "model/outside-files",
      `The model asks for its data in ${quoted(location)}, which is not a plain path inside its folder.`,
      "Export the model with its data in one file, or beside it.",
    );
  }
  const name = path.posix.join(path.posix.dirname(onnxFile), location);
  if (name.toLowerCase() === onnxFile.toLowerCase()) {
    return failure("model/outside-files", "The model names itself as the file of its data.", "Export the model again.");
  }
  return success(name);
}

/** Control characters, what stands for unreadable bytes, and what file systems or URLs give a meaning to. */
const hasOddCharacters = /[\p{C}\ufffd\\:*?"<>|]/u;

/** Names that mean a device on Windows, whatever follows a dot. */
const windowsDevice = /^(con|prn|aux|nul|conin\$|conout\$|com[0-9¹²³]|lpt[0-9¹²³])( *\.|$)/i;

function isPlainPart(part: string): boolean {
  if (part === ".") return true;
  return part !== "" && part !== ".." && !/[. ]$/.test(part) && !windowsDevice.test(part);
}

/** A file of a model that has another name elsewhere might be another program's file. */
export function refuseHardLink(file: ModelFile): Result<null> {
  if (file.links <= 1) return success(null);
  return failure(
    "model/outside-files",
    `The model's file ${quoted(file.name)} is linked from another place as well.`,
    "Make a copy of the file in the model's folder.",
  );
}
