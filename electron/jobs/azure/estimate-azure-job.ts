import type { AzureEstimate, AzureTime, NodePrice } from "../../contract/nouns/azure/azure-estimate.ts";

/** What an estimate is about. */
export type EstimatedJob = {
  readonly nodes: number;
  /** What is sent; null: the input lies in Azure, and nobody knows its size. */
  readonly input: { readonly bytes: number; readonly sentBy: string | null } | null;
};

/** What is known of earlier jobs, newest first. */
export type KnownOfAzure = {
  /** Of the same deployment on the same cluster. */
  readonly runs: readonly { readonly nodes: number; readonly bytes: number; readonly seconds: number }[];
  /** To the same storage account, as fast as they went. */
  readonly uploads: readonly { readonly bytes: number; readonly seconds: number }[];
  readonly price: NodePrice | null;
};

/** How many times larger a job may be than one that tells about it, as for jobs of this computer. */
const similarSize = 20;
/** Two jobs of the same size do not take the same time. */
const margin = 1.2;

export function estimateAzureJob({ nodes, input }: EstimatedJob, known: KnownOfAzure): AzureEstimate {
  const runs = known.runs.map((run) => ({ work: run.bytes / run.nodes, seconds: run.seconds }));
  const run: AzureTime = input === null ? { kind: "unknown-size" } : timeOf(input.bytes / nodes, runs);
  const hourly = known.price === null ? null : nodes * known.price.amount;
  return {
    nodes,
    upload: input === null ? null : uploadOf(input, known),
    run,
    price: known.price,
    cost:
      hourly === null || run.kind !== "from-jobs"
        ? null
        : { low: (hourly * run.low) / 3600, high: (hourly * run.high) / 3600 },
  };
}

function uploadOf({ bytes, sentBy }: NonNullable<EstimatedJob["input"]>, { uploads }: KnownOfAzure) {
  if (sentBy !== null) {
    return { bytes: 0, sent_by: sentBy, time: { kind: "from-jobs", low: 0, high: 0, jobs: 1 } } as const;
  }
  const earlier = uploads.map(({ bytes: work, seconds }) => ({ work, seconds }));
  return { bytes, sent_by: null, time: timeOf(bytes, earlier) };
}

/**
 * What takes its time to begin, and then so much for each piece of work, takes a time between that of an earlier one as it was,
 * and that time in proportion to the work: the first is right if all of it was the beginning, the second if none was.
 */
function timeOf(work: number, earlier: readonly { readonly work: number; readonly seconds: number }[]): AzureTime {
  if (earlier.length === 0) return { kind: "no-earlier" };
  const telling = earlier.filter((one) => one.work * similarSize >= work);
  if (telling.length === 0) return { kind: "much-smaller" };
  const ends = telling.flatMap(({ work: before, seconds }) => [
    seconds,
    before === 0 ? seconds : (seconds * work) / before,
  ]);
  return {
    kind: "from-jobs",
    low: Math.min(...ends) / margin,
    high: Math.max(...ends) * margin,
    jobs: telling.length,
  };
}
