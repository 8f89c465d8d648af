import type { WordTable } from "../speaker.ts";
import { fileWords } from "./parts/file-words.ts";

/** Files that a user wrote, by what was wanted of them. */
export const fileProblems = {
  "data/invalid:file": fileWords,
  "deployment/invalid:file": fileWords,
  "endpoint/invalid:file": fileWords,
  "model/unreadable:file": fileWords,
  "scorer/invalid:file": fileWords,
  "script/invalid:file": fileWords,
  "usage/invalid:file": fileWords,
} satisfies Partial<WordTable>;

/** Codes that a file can be refused with. */
export type FileCode = keyof typeof fileProblems extends `${infer Code}:file` ? Code : never;
