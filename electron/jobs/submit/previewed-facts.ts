import type { InputPreview } from "../../contract/messages/data-messages.ts";
import type { JobSpec } from "../../contract/nouns/job-spec.ts";
import { plannedBatch, type Scorer } from "../../contract/nouns/scorer.ts";
import { rowLength } from "../../contract/nouns/scorers/audio-scorer.ts";

/** What a job takes over from the first look at its input. */
export function previewedFacts(
  preview: Pick<InputPreview, "scorer" | "dialect" | "items" | "bytes" | "largestFileBytes">,
): Pick<JobSpec, "scorer" | "dialect" | "dialectScope" | "batch" | "batchChosenBy"> {
  const { scorer, dialect } = preview;
  const isOpen = scorer.fixedBatch === null && scorer.batch === "auto";
  return {
    scorer,
    dialect,
    dialectScope: "file",
    batch: Math.min(plannedBatch(scorer), isOpen ? mostArraysOf(preview) : Number.POSITIVE_INFINITY),
    batchChosenBy: isOpen ? "default" : "model",
  };
}

/** The arrays of a run are held in memory together. */
const runBytes = 128 * 1024 * 1024;

/** How much larger a sound is once it is decoded, of which MP3 makes the most. */
const unpackedTimes = 24;
const sampleBytes = 4;

/** Items of a run of arrays or sounds, by how large they are: any number, for other scorers. */
function mostArraysOf({
  scorer,
  items,
  bytes,
  largestFileBytes,
}: Pick<InputPreview, "scorer" | "items" | "bytes" | "largestFileBytes">): number {
  if (scorer.kind === "audio") {
    const length = rowLength(scorer);
    const bytesOfRow = length === null ? largestFileBytes * unpackedTimes : length * sampleBytes;
    return Math.max(1, Math.floor(runBytes / Math.max(1, bytesOfRow)));
  }
  if (scorer.kind !== "tensor") return Number.POSITIVE_INFINITY;
  const itemBytes = scorer.items === "file" ? largestFileBytes : bytes / Math.max(1, items);
  return Math.max(1, Math.floor(runBytes / Math.max(1, itemBytes)));
}

/** Nothing is known of an input that is still to be downloaded. */
export function unseenInput(scorer: Scorer): InputPreview {
  return {
    files: 0,
    bytes: 0,
    largestFileBytes: 0,
    skippedFiles: 0,
    skippedBy: {},
    skippedNames: {},
    items: 0,
    itemsExact: false,
    dialect: null,
    textSample: null,
    columns: [],
    scorer,
    mapping: [],
    samples: [],
  };
}
