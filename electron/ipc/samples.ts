import { readFileSync } from "node:fs";
import path from "node:path";
import { z } from "zod";

/** The part of samples.json that the window uses; the rest is for the demo of the command line. */
const samplesFileSchema = z.array(
  z.object({
    name: z.string(),
    try: z.object({ title: z.string(), input: z.string(), items: z.number().int() }),
  }),
);

/** Bundled inputs to try the sample endpoints with, by endpoint name. `inputPath` is absolute. */
export type Samples = ReadonlyMap<string, { readonly title: string; readonly items: number; readonly inputPath: string }>;

/** @throws when the bundled file is missing or damaged: then the program was not installed whole. */
export function readSamples(samplesFolder: string): Samples {
  const file: unknown = JSON.parse(readFileSync(path.join(samplesFolder, "samples.json"), "utf8"));
  return new Map(
    samplesFileSchema.parse(file).map(({ name, try: trial }) => [
      name,
      { title: trial.title, items: trial.items, inputPath: path.join(samplesFolder, trial.input) },
    ]),
  );
}
