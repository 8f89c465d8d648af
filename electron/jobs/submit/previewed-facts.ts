import type { InputPreview } from "../../contract/messages/data-messages.ts";
import type { JobSpec } from "../../contract/nouns/job-spec.ts";
import type { Scorer } from "../../contract/nouns/scorer.ts";
import { automaticBatch } from "./choose-speed.ts";

/** What a job takes over from the first look at its input. */
export function previewedFacts({
  scorer,
  dialect,
}: Pick<InputPreview, "scorer" | "dialect">): Pick<
  JobSpec,
  "scorer" | "dialect" | "dialectScope" | "batch" | "batchChosenBy"
> {
  const isOpen = scorer.fixedBatch === null && scorer.batch === "auto";
  return {
    scorer,
    dialect,
    dialectScope: "file",
    batch: plannedBatch(scorer),
    batchChosenBy: isOpen ? "default" : "model",
  };
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

/** Rows a run, before anything was measured. */
export function plannedBatch(scorer: Scorer): number {
  if (scorer.fixedBatch !== null) return scorer.fixedBatch;
  return scorer.batch === "auto" ? automaticBatch[scorer.kind] : scorer.batch;
}
