import type { SameKinds } from "../../../../electron/contract/words/english-problems.ts";
import type { fileProblems as english } from "../../../../electron/contract/words/english/file-problems.ts";
import { fileWords } from "../parts/file-words.ts";

export const fileProblems: SameKinds<typeof english> = {
  "data/invalid:file": fileWords,
  "deployment/invalid:file": fileWords,
  "endpoint/invalid:file": fileWords,
  "model/unreadable:file": fileWords,
  "scorer/invalid:file": fileWords,
  "script/invalid:file": fileWords,
  "usage/invalid:file": fileWords,
};
