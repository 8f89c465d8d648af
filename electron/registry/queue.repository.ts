import type { QueuePlace } from "../contract/views/queue.ts";
import * as z from "zod";
import { type JobPriority, jobPrioritySchema } from "../contract/nouns/deployment.ts";
import { isTerminal, jobStatusSchema } from "../contract/job-status.ts";
import { failure, type Result, success } from "../contract/problem.ts";
import { readableRows } from "./rows/damage.ts";
import type { SqliteDatabase } from "./open-database.ts";

/** The order of the unfinished jobs, and whether anything of it runs at all. */
export type QueueRepository = {
  readonly isPaused: () => boolean;
  readonly setPaused: (paused: boolean) => void;
  /**
   * Gives a job another priority, another place, or both; a key left out stays as it is. Problems: job/not-found,
   * job/not-allowed (it, or the job it shall stand before, has ended; or that one has another priority).
   */
  readonly arrange: (
    name: string,
    changes: { readonly priority?: JobPriority; readonly place?: QueuePlace },
  ) => Result<null>;
};

const rowSchema = z.object({
  name: z.string(),
  status: jobStatusSchema,
  priority: jobPrioritySchema,
  queue_position: z.number(),
});
type Row = Readonly<z.infer<typeof rowSchema>>;

/** Numbers between two neighbours run out after some fifty halvings: before that the queue is numbered anew. */
const narrowestGap = 1e-6;

export function queueRepository(database: SqliteDatabase): QueueRepository {
  const paused = database.prepare("SELECT value FROM counters WHERE name = 'queue-paused'").pluck();
  const setPaused = database.prepare("UPDATE counters SET value = ? WHERE name = 'queue-paused'");
  const find = database.prepare("SELECT name, status, priority, queue_position FROM jobs WHERE name = ?");
  const arrange = database.prepare("UPDATE jobs SET priority = ?, queue_position = ? WHERE name = ?");
  const touch = database.prepare(`
    UPDATE jobs SET revision = (SELECT value FROM counters WHERE name = 'jobs-revision') WHERE name = ?`);
  const nextRevision = database.prepare("UPDATE counters SET value = value + 1 WHERE name = 'jobs-revision'");
  const ends = database.prepare(`
    SELECT coalesce(min(queue_position), 0) AS first, coalesce(max(queue_position), 0) AS last FROM jobs`);
  const previous = database
    .prepare("SELECT max(queue_position) FROM jobs WHERE finished = 0 AND queue_position < ? AND name <> ?")
    .pluck();
  const renumber = database.prepare(`
    UPDATE jobs SET queue_position = ordered.place,
      revision = (SELECT value FROM counters WHERE name = 'jobs-revision')
    FROM (SELECT name, row_number() OVER (ORDER BY queue_position, position) AS place FROM jobs) AS ordered
    WHERE jobs.name = ordered.name`);

  function unfinished(name: string): Result<Row> {
    const row = readableRows(rowSchema, [find.get(name)])[0] ?? null;
    if (row === null) return failure("job/not-found", { job: name });
    if (!isTerminal(row.status)) return success(row);
    return failure("job/not-allowed:ended", { job: row.name, status: row.status });
  }

  function positionOf(job: Row, priority: JobPriority, place: QueuePlace): Result<number> {
    const { first, last } = z.object({ first: z.number(), last: z.number() }).parse(ends.get());
    if (place.kind === "first") return success(first - 1);
    if (place.kind === "last") return success(last + 1);
    const other = unfinished(place.job);
    if (!other.ok) return other;
    if (other.value.name === job.name) return success(job.queue_position);
    if (other.value.priority !== priority) {
      const beside = { other: other.value.name, otherPriority: other.value.priority };
      return failure("job/not-allowed:other-priority", { job: job.name, priority, ...beside });
    }
    return success(before(job, other.value));
  }

  function before(job: Row, other: Row): number {
    const gapTo = (position: number) => z.number().nullable().parse(previous.get(position, job.name)) ?? position - 2;
    let position = other.queue_position;
    if (position - gapTo(position) < narrowestGap) {
      renumber.run();
      position = rowSchema.parse(find.get(other.name)).queue_position;
    }
    return (gapTo(position) + position) / 2;
  }

  return {
    isPaused: () => paused.get() === 1,
    setPaused: (value) => {
      setPaused.run(value ? 1 : 0);
    },
    arrange: (name, changes) =>
      database
        .transaction((): Result<null> => {
          const job = unfinished(name);
          if (!job.ok) return job;
          const priority = changes.priority ?? job.value.priority;
          nextRevision.run();
          const position =
            changes.place === undefined
              ? success(job.value.queue_position)
              : positionOf(job.value, priority, changes.place);
          if (!position.ok) return position;
          arrange.run(priority, position.value, name);
          touch.run(name);
          return success(null);
        })
        .immediate(),
  };
}
