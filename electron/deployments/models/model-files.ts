import { promises as files, type Stats } from "node:fs";
import path from "node:path";
import { systemErrno } from "../../contract/errno.ts";
import { failure, type Result, success } from "../../contract/problem.ts";
import { plainText } from "../../contract/plain-text.ts";

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

/** Whose folder it is: how much it can hold before it was named by mistake, and how refusals are called. */
export type FolderOwner = "model" | "code";

export const folderOwners = {
  model: {
    maxFiles: 10_000,
    maxBytes: 50 * 1024 ** 3,
    tooMuch: "model/invalid:too-much",
    missing: "model/unreadable:missing",
    unreadable: "model/unreadable:system",
    link: "model/outside-files:link",
    folderLink: "model/outside-files:folder-link",
    notAFile: "model/outside-files:not-a-file",
    changed: "model/outside-files:changed",
  },
  code: {
    maxFiles: 10_000,
    maxBytes: 256 * 1024 ** 2,
    tooMuch: "script/invalid:too-much",
    missing: "script/invalid:missing",
    unreadable: "script/invalid:unreadable",
    link: "script/invalid:link",
    folderLink: "script/invalid:folder-link",
    notAFile: "script/invalid:not-a-file",
    changed: "script/invalid:changed",
  },
} as const;

const maxNamesInAMessage = 5;

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
  const { maxFiles, maxBytes, tooMuch } = folderOwners[owner];
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
      if (found.length > maxFiles || bytes > maxBytes) {
        return failure(tooMuch, { folder, files: maxFiles, bytes: maxBytes });
      }
    }
  }
  return success(found.sort((a, b) => (a.name < b.name ? -1 : 1)));
}

/** One file under a folder (both resolved): refused when links lead out of it, or when it is no regular file. */
export async function fileInside(root: string, name: string, owner: FolderOwner): Promise<Result<ModelFile>> {
  const { missing, unreadable, link, folderLink, notAFile } = folderOwners[owner];
  const asWritten = path.join(root, name);
  let source: string;
  let stats: Stats;
  try {
    source = await files.realpath(asWritten);
    stats = await files.lstat(source);
  } catch (error) {
    if (systemErrno(error) === "ENOENT") return failure(missing, { file: name });
    return failure(unreadable, { file: name, reason: (error as Error).message });
  }
  if (!source.startsWith(root.endsWith(path.sep) ? root : root + path.sep)) {
    return failure(link, { file: name });
  }
  if (!stats.isFile()) return failure(stats.isDirectory() ? folderLink : notAFile, { file: name });
  return success({ name, source, sizeBytes: stats.size, links: stats.nlink, identity: fileIdentity(stats) });
}

/** Tells files of one computer apart, whatever they are called. */
export function fileIdentity({ dev, ino }: { readonly dev: number; readonly ino: number }): string {
  return `${dev}:${ino}`;
}

/** The one .onnx file of a model. */
export function onlyOnnxFile(folder: string, modelFiles: readonly ModelFile[]): Result<string> {
  const found = modelFiles.map(({ name }) => name).filter((name) => name.toLowerCase().endsWith(".onnx"));
  const [only, ...others] = found;
  if (only === undefined) return failure("model/invalid:no-onnx-file", { folder });
  if (others.length > 0) {
    const names = found.slice(0, maxNamesInAMessage);
    return failure("model/invalid:several-onnx-files", { folder, count: found.length, names });
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
    return failure("model/outside-files:place", { location: plainText(location) });
  }
  const name = path.posix.join(path.posix.dirname(onnxFile), location);
  if (name.toLowerCase() === onnxFile.toLowerCase()) {
    return failure("model/outside-files:itself");
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
  return failure("model/outside-files:hard-link", { file: plainText(file.name) });
}
