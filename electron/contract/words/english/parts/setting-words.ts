import { factWords, type Speaker, type WrittenWords } from "../../speaker.ts";
import { type SchemaReason, schemaReasons } from "./file-words.ts";

/** Settings that a deployment's file and a command line refuse alike. */
export const settingWords = {
  unknownProperty: ({ property, known }: { property: string; known: readonly string[] }): WrittenWords => [
    `The property "${property}" is not known.`,
    `Known: ${known.join(", ")}.`,
  ],
  property: ({ property, reason }: { property: string; reason: SchemaReason }, speaker: Speaker): WrittenWords => [
    `The property "${property}" is invalid: ${factWords(schemaReasons, reason, speaker)}.`,
  ],
  outputFileName: ({ name }: { name: string }): WrittenWords => [
    `"${name}" cannot be the name of the file of predictions (output_file_name).`,
    "Give a plain file name, such as predictions.csv.",
  ],
};
