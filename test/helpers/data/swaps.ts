import { execFileSync } from "node:child_process";
import fs from "node:fs";
import path from "node:path";

/**
 * A folder of inputs, and beside it one of files that nobody may read: each has a twin here of the same name, size and time.
 * Cells, texts and pictures here say `inside_`, those there `outside`.
 */
export type SwapPlace = {
  readonly input: string;
  readonly outside: string;
  /** Relative to both, in the order of a listing. */
  readonly files: readonly string[];
};

/** What may take the place of a file, or of the folder that it lies in, in one step each. */
export const swapKinds = [
  "link",
  "folder link",
  "hard link",
  "other file",
  "pipe",
  "device",
  "folder",
  "nothing",
] as const;
export type SwapKind = (typeof swapKinds)[number];

/** Writes each file in a folder of its own, `sNNN/NAME`, here and there, by `write`, which gets the word to put in. */
export async function writeSwapPlace(
  root: string,
  names: readonly string[],
  write: (file: string, word: "inside_" | "outside") => void | Promise<void>,
): Promise<SwapPlace> {
  const [input, outside] = [path.join(root, "input"), path.join(root, "outside")];
  const files = names.map((name, index) => `s${String(index).padStart(3, "0")}/${name}`);
  for (const file of files) {
    for (const [folder, word] of [[input, "inside_"] as const, [outside, "outside"] as const]) {
      fs.mkdirSync(path.dirname(path.join(folder, file)), { recursive: true });
      await write(path.join(folder, file), word);
      fs.utimesSync(path.join(folder, file), 1_700_000_000, 1_700_000_000);
    }
    const [one, other] = [input, outside].map((folder) => fs.statSync(path.join(folder, file)).size);
    if (one !== other) throw new Error(`The twins of ${file} have ${one} and ${other} bytes.`);
  }
  return { input, outside, files };
}

/** Makes ready what takes the place of a file by one rename, so that a swapper is quick; `take` does it. */
export function prepareSwap(
  { input, outside }: SwapPlace,
  file: string,
  kind: SwapKind,
): { readonly take: () => void; readonly undo: () => void } {
  const [place, twin] = [path.join(input, file), path.join(outside, file)];
  const isOfFolder = kind === "folder link";
  const target = isOfFolder ? path.dirname(place) : place;
  const away = path.join(outside, `${file.replaceAll("/", "-")}.away`);
  const ready = path.join(outside, `${file.replaceAll("/", "-")}.ready`);
  switch (kind) {
    case "link":
      fs.symlinkSync(twin, ready);
      break;
    case "folder link":
      fs.symlinkSync(path.dirname(twin), ready);
      break;
    case "hard link":
      fs.linkSync(twin, ready);
      break;
    case "other file":
      fs.copyFileSync(twin, ready);
      fs.utimesSync(ready, 1_700_000_000, 1_700_000_000);
      break;
    case "pipe":
      execFileSync("mkfifo", [ready]);
      break;
    case "device":
      fs.symlinkSync("/dev/zero", ready);
      break;
    case "folder":
      fs.mkdirSync(ready);
      break;
    case "nothing":
      break;
  }
  return {
    take() {
      fs.renameSync(target, away);
      if (kind !== "nothing") fs.renameSync(ready, target);
    },
    undo() {
      if (kind !== "nothing") fs.renameSync(target, ready);
      fs.renameSync(away, target);
    },
  };
}
