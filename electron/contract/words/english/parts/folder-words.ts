import type { WrittenWords } from "../../speaker.ts";

/** What is refused in a folder that is copied, in the words of whose folder it is. */
export function folderWords({ title, holder, advice }: { title: string; holder: string; advice: string }) {
  const copyInstead = "Put the file itself into the folder.";
  return {
    tooMuch: ({ folder, files, bytes }: { folder: string; files: number; bytes: number }): WrittenWords => [
      `The folder "${folder}" holds more than ${holder} can: over ${files} files or ${sizeText(bytes)}.`,
      advice,
    ],
    missing: ({ file }: { file: string }): WrittenWords => [
      `The ${title}'s file "${file}" is not there.`,
      `Put it into the ${title}'s folder.`,
    ],
    unreadable: ({ file, reason }: { file: string; reason: string }): WrittenWords => [
      `The ${title}'s file "${file}" cannot be read: ${reason}.`,
      `Put it into the ${title}'s folder.`,
    ],
    linkOut: ({ file }: { file: string }): WrittenWords => [
      `The ${title}'s file "${file}" is a link that leaves the ${title}'s folder.`,
      copyInstead,
    ],
    folderLink: ({ file }: { file: string }): WrittenWords => [
      `"${file}" in the ${title}'s folder is a link to a folder.`,
      copyInstead,
    ],
    notAFile: ({ file }: { file: string }): WrittenWords => [
      `"${file}" in the ${title}'s folder is not a file.`,
      copyInstead,
    ],
    changed: ({ file }: { file: string }): WrittenWords => [
      `The ${title}'s file "${file}" became another one while it was copied.`,
      `Leave the ${title}'s folder alone and try again.`,
    ],
  };
}

/** Limits are whole numbers of these. */
function sizeText(bytes: number): string {
  return bytes < 1024 ** 3 ? `${bytes / 1024 ** 2} MiB` : `${bytes / 1024 ** 3} GiB`;
}
