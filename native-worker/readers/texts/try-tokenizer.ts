import type { TokenizerFacts } from "../../../electron/contract/messages/device-messages.ts";
import { openTokenizer } from "./tokenizer.ts";

/** Long runs of one kind of character: what a pattern that takes for ever shows on at once. */
const oddTexts = ["a", " ", "\n", "1", "-", "a ", "aA", "a1", "'s", "\u00e9", "\u4e2d", "\ud83d\ude00"].map(
  (run) => `${run.repeat(2000)}!`,
);

/** Opens a tokenizer.json and tries it. Throws an error whose message is a clause for people. */
export function tokenizerFacts(file: string): TokenizerFacts {
  const tokenizer = openTokenizer(file);
  for (const text of oddTexts) tokenizer.encode(text, null);
  return {
    maxLength: tokenizer.ownMaxLength,
    specialTokens: tokenizer.before.length + tokenizer.after.length,
  };
}
