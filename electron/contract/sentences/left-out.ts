import { namedSkips, type SkippedNames, type SkipReason } from "../nouns/skip-reason.ts";
import { quotedNames } from "../words/name-list.ts";

/** Files that are not read: how many, how many for each reason, and the first of those by their paths. */
export type LeftOut = {
  readonly files: number;
  readonly by: Readonly<Partial<Record<SkipReason, number>>>;
  readonly names: SkippedNames;
};

/** The words of a language for them. */
export type LeftOutWords = {
  readonly reasons: Readonly<Record<SkipReason, string>>;
  /** Between the last two names. */
  readonly joint: string;
  readonly more: (count: number) => string;
};

const english: LeftOutWords = {
  reasons: {
    hidden: "hidden",
    system: "of the system",
    "our-workspace": "of a workspace of Batchdeck",
    "our-output": "written by a job",
    "unfinished-output": "unfinished (.part)",
    "other-ending": "without an ending that is read",
    "other-content": "with content that is not recognized",
    "outside-link": "links that lead out of the folder",
    "broken-link": "links that lead nowhere",
    "repeated-link": "links to a folder that is read already",
    "unreadable-name": "with a name that is no text",
    "not-a-file": "neither file nor folder",
  },
  joint: "and",
  more: (count) => `${count} more`,
};

export function leftOutSentence({ files, by, names }: LeftOut): string {
  return `${files} ${files === 1 ? "file is" : "files are"} left out: ${reasonsText(by, names, english)}.`;
}

/** `2 hidden (".x" and ".y"), 1 of the system ("Thumbs.db")`: each reason with its count and the first names. */
export function reasonsText(by: LeftOut["by"], names: LeftOut["names"], words: LeftOutWords): string {
  return Object.entries(by)
    .map(([key, files]) => {
      const reason = key as SkipReason;
      const first = names[reason]?.slice(0, namedSkips) ?? [];
      const told = quotedNames({ names: first, count: files }, words.joint, words.more);
      return `${files} ${words.reasons[reason]}${first.length === 0 ? "" : ` (${told})`}`;
    })
    .sort()
    .join(", ");
}
