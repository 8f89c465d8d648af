import path from "node:path";
import { setImmediate } from "node:timers/promises";
import {
  type Comparison,
  type FromCompareProcess,
  type ToCompareProcess,
  toCompareProcessSchema,
} from "../contract/messages/compare-messages.ts";
import { connectToParent } from "../contract/messages/parent-port.ts";
import { failure, problemOf, type Result, success } from "../contract/problem.ts";
import { blockedBy, errnoOf } from "../jobs/folder/blocked.ts";
import { Damage } from "../registry/rows/damage.ts";
import { columnsOnlyIn, compareColumns } from "./compare-columns.ts";
import { createDifferences, type Differences } from "./compare-differences.ts";
import { FilesChanged, openComparedJob, type OpenJob } from "./compare-items.ts";
import { lineUp } from "./compare-line-up.ts";

/** Entry of the compare process: see contract/compare-messages.ts. One comparison, then its parent ends it. */
const port = connectToParent(process);
const progressMs = 200;

port.onMessage((raw) => {
  const request = toCompareProcessSchema.parse(raw);
  void answer(request).then((message) => port.send(message));
});

async function answer(request: ToCompareProcess): Promise<FromCompareProcess> {
  try {
    const compared = await compare(request);
    return compared.ok
      ? { type: "compared", comparison: compared.value }
      : { type: "refused", problem: compared.problem };
  } catch (error) {
    if (error instanceof Damage) return { type: "refused", problem: error.problem };
    const errno = errnoOf(error);
    const blocked = blockedBy(errno, path.dirname(request.differencesFile));
    if (blocked === null) throw error;
    const kind = blocked.code === "output/no-space" ? "output/no-space:differences" : "output/unwritable:differences";
    return { type: "refused", problem: problemOf(kind, { cause: blocked }) };
  }
}

async function compare(request: ToCompareProcess): Promise<Result<Comparison>> {
  const opened: OpenJob[] = [];
  try {
    for (const job of [request.a, request.b]) {
      const one = await openComparedJob(job);
      if (one === null) return failure("output/gone:changed", { job: job.name });
      opened.push(one);
    }
    const [a, b] = opened as [OpenJob, OpenJob];
    return await compareOpened(request, a, b);
  } finally {
    for (const job of opened) job.close();
  }
}

/** By item where every row is one; by line where scripts returned as many rows in both; else not at all. */
function howToLineUp(request: ToCompareProcess, a: OpenJob, b: OpenJob): Comparison["lined_up_by"] {
  if (a.isRowAnItem && b.isRowAnItem) return request.a.isScript || request.b.isScript ? "mini_batch" : "item";
  return a.rows === b.rows ? "line" : "nothing";
}

async function compareOpened(request: ToCompareProcess, a: OpenJob, b: OpenJob): Promise<Result<Comparison>> {
  const { tolerance, differencesFile } = request;
  const linedUpBy = howToLineUp(request, a, b);
  const columns = compareColumns({ ...request.a, columns: a.columns }, { ...request.b, columns: b.columns }, tolerance);
  const known = {
    ...{ a: a.name, b: b.name, item_unit: request.a.itemUnit, lined_up_by: linedUpBy, tolerance },
    ...{ rows_in_a: a.rows, rows_in_b: b.rows },
    columns_only_in_a: [...columnsOnlyIn(a.columns, b.columns)],
    columns_only_in_b: [...columnsOnlyIn(b.columns, a.columns)],
  };
  if (linedUpBy === "nothing") {
    return success({ ...known, ...nothingCounted, columns: [], differences_file: null });
  }
  if (!columns.hasColumns) {
    return failure("job/not-allowed:no-common-column", { a: a.name, b: b.name });
  }
  const differences = createDifferences(differencesFile, request.folderMode);
  try {
    const lines = linedUpBy === "line";
    const counts = await lineUp(
      lines ? a.lines() : a.items(),
      lines ? b.lines() : b.items(),
      { isNameIgnored: request.areSingleFiles, columns, differences },
      createProgress(),
    );
    return finished(differences, {
      ...known,
      ...counts,
      columns: [...columns.summaries()],
      differences_file: differencesFile,
    });
  } catch (error) {
    differences.discard();
    if (error instanceof FilesChanged) return failure("output/gone:changed", { job: error.message });
    throw error;
  }
}

function finished(differences: Differences, comparison: Comparison): Result<Comparison> {
  const placed = differences.finish();
  return placed.ok ? success(comparison) : placed;
}

const nothingCounted = {
  ...{ same: 0, changed: 0, changed_input: 0 },
  ...{ only_in_a: 0, failed_in_b: 0, only_in_b: 0, failed_in_a: 0 },
};

/** Tells how far it is, now and then; in between the process hears whether its parent is still there. */
function createProgress(): (items: number) => Promise<void> {
  let reportedAt = performance.now();
  return async (items) => {
    if (performance.now() - reportedAt < progressMs) return;
    reportedAt = performance.now();
    port.send({ type: "progress", items } satisfies FromCompareProcess);
    await setImmediate();
  };
}
