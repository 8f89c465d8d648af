import { deviceTitles } from "../../contract/nouns/device.ts";
import type { PreflightEstimate } from "../../contract/nouns/preflight.ts";
import { itemUnit } from "../../contract/nouns/scorer.ts";
import type { ComputeRecord } from "../../registry/computes.repository.ts";
import type { DeploymentRecord } from "../../registry/deployments.repository.ts";
import type { PlannedInvocation } from "../submit/check-invocation.ts";

/** What a listing calls its reasons to leave a file out, in words. */
const skipWords: Readonly<Record<string, string>> = {
  hidden: "hidden",
  system: "of the system",
  "our-workspace": "of a workspace of Batchdeck",
  "our-output": "written by a job",
  "unfinished-output": "unfinished (.part)",
  "other-ending": "with an ending that is not read",
  "outside-link": "links that lead out of the folder",
  "broken-link": "links that lead nowhere",
  "repeated-link": "links to a folder that is read already",
  "unreadable-name": "with a name that is no text",
  "not-a-file": "neither file nor folder",
};

/** Files that are dispatched and retried as one: beyond this a worker that dies takes much with it. */
const manyFiles = 1000;
/** Of what a disk has free. */
const nearlyAll = 0.9;

/** What might be meant otherwise, one sentence each; the job starts all the same. */
export function preflightWarnings(
  planned: PlannedInvocation,
  facts: {
    readonly deployment: DeploymentRecord;
    readonly compute: ComputeRecord | null;
    /** Why the sample did not run on the device that the job asks for. */
    readonly fallback: string | null;
    readonly estimate: PreflightEstimate;
  },
): readonly string[] {
  return [
    ...leftOut(planned),
    ...unnamedColumns(planned, facts.deployment),
    ...unevenWork(planned),
    ...whereItRuns(planned, facts.compute, facts.fallback),
    ...tightDisks(facts.estimate),
  ];
}

function leftOut({ preview }: PlannedInvocation): readonly string[] {
  const { skippedFiles, skippedBy } = preview;
  if (skippedFiles === 0) return [];
  const reasons = Object.entries(skippedBy)
    .map(([reason, count]) => `${count} ${skipWords[reason] ?? reason}`)
    .sort();
  return [`${skippedFiles} ${skippedFiles === 1 ? "file is" : "files are"} left out: ${reasons.join(", ")}.`];
}

/** A matrix without names takes columns by their place in the file. */
function unnamedColumns({ spec }: PlannedInvocation, { scorer }: DeploymentRecord): readonly string[] {
  if (scorer.kind !== "tabular") return [];
  const unnamed = scorer.inputs.filter(({ columns }) => columns === null).map(({ name }) => name);
  if (unnamed.length === 0 || spec.scorer.kind !== "tabular") return [];
  return [
    `Nobody named the columns of the model's ${unnamed.length === 1 ? "input" : "inputs"} ${unnamed.join(", ")}: ` +
      `${unnamed.length === 1 ? "it takes" : "they take"} the numeric columns in the file's order.`,
  ];
}

function unevenWork({ spec, preview }: PlannedInvocation): readonly string[] {
  if (itemUnit(spec.scorer) === "row") return [];
  const { mini_batch_size: size } = spec.settings;
  const miniBatches = Math.ceil(preview.files / size);
  const warnings: string[] = [];
  if (miniBatches < spec.workers && preview.files > miniBatches) {
    const better = Math.max(1, Math.floor(preview.files / spec.workers));
    warnings.push(
      `${preview.files} files in mini-batches of ${size} are work for ${miniBatches} of ${spec.workers} workers; ` +
        `--mini-batch-size ${better} is work for all.`,
    );
  }
  if (Math.min(size, preview.files) > manyFiles) {
    warnings.push(`A mini-batch of ${size} files is tried again as a whole when a worker fails; fewer lose less.`);
  }
  if (preview.files >= spec.workers && spec.workers > 1 && preview.largestFileBytes * 2 > preview.bytes) {
    warnings.push("One file is larger than all others together: the workers will end at different times.");
  }
  return warnings;
}

function whereItRuns(
  { spec, workersCappedFrom }: PlannedInvocation,
  compute: ComputeRecord | null,
  fallback: string | null,
): readonly string[] {
  return [
    ...(workersCappedFrom === null
      ? []
      : [`${spec.workers} workers run instead of ${workersCappedFrom}: there are no more here.`]),
    ...(compute?.tier === "low_priority"
      ? [
          `The compute ${compute.name} has low priority: the job gives way to others, to a busy user and to the battery.`,
        ]
      : []),
    ...(fallback === null ? [] : [`It runs on the CPU instead of ${deviceTitles[spec.device]}: ${fallback}`]),
  ];
}

function tightDisks({ disks }: PreflightEstimate): readonly string[] {
  return disks
    .filter((disk) => disk.needed_bytes > disk.free_bytes * nearlyAll)
    .map(({ place, holds }) => `The disk of ${place} will be nearly full with the job's ${holds.join(" and ")} files.`);
}
