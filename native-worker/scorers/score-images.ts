import type { ImageScorer } from "../../electron/contract/scorer.ts";
import type { UnitPart } from "../../electron/contract/unit.ts";
import type { InputValues } from "../readers/block.ts";
import type { PictureReader } from "../readers/image.ts";
import { readAhead } from "../readers/read-ahead.ts";
import type { ImageTensorWriter } from "../readers/image-tensor.ts";
import { padRows, sliceValues } from "../readers/input-values.ts";
import { inputPlaceGone } from "../readers/source-file.ts";
import { textCellBytes } from "../writers/text-cell.ts";
import { imageDims } from "./image-dims.ts";
import { inputTensor } from "./model-session.ts";
import { runRows } from "./run-rows.ts";
import type { FailedItem, ScoringJob, UnitSink, UnitWork, WorkResult } from "./unit-work.ts";
import { failWholePart } from "./unit-work.ts";

/** How pictures become input values; made once a job. `values` holds one frame and is used again for the next. */
export type ImageReading = {
  readonly scorer: ImageScorer;
  readonly tensorWriter: ImageTensorWriter;
  readonly readPicture: PictureReader;
  values: InputValues;
};

/** Scores the pictures of a unit, one frame of consecutive files after another. */
export async function scoreImages(
  job: ScoringJob,
  reading: ImageReading,
  work: UnitWork,
  sink: UnitSink,
): Promise<WorkResult> {
  const { spec, status } = job;
  const { scorer, tensorWriter } = reading;
  const { unit, range, poisoned, times } = work;
  const isRead = (item: number) => unit.parts[item]?.problem === null && !poisoned.has(item);
  const files = readAhead(
    spec.input,
    unit.parts.filter((_, item) => item >= range.start && item < range.end && isRead(item)),
  );
  const room = work.frameItems * tensorWriter.length;
  if (reading.values.length < room) reading.values = tensorWriter.allocate(work.frameItems);

  for (let start = range.start; start < range.end; start += work.frameItems) {
    const end = Math.min(range.end, start + work.frameItems);
    const failures: FailedItem[] = [];
    const items: number[] = [];
    for (let item = start; item < end; item++) {
      const part = unit.parts[item] as UnitPart;
      const known = poisoned.get(item) ?? part.problem;
      if (known !== null) {
        failures.push(...failWholePart(part, item, known, "image"));
        continue;
      }
      let clock = performance.now();
      const file = await files.next();
      times.read += performance.now() - clock;
      if (!file.ok) {
        const gone = file.errno === null ? null : await inputPlaceGone(spec.input);
        if (gone !== null) return { kind: "input-gone", errno: gone };
        failures.push(...failWholePart(part, item, file.problem, "image"));
        continue;
      }
      clock = performance.now();
      const problem = await reading.readPicture(file.bytes, reading.values, items.length, () =>
        status.risk(unit.id, item, item + 1, "preprocess"),
      );
      status.working(unit.id);
      times.preprocess += performance.now() - clock;
      sink.alive();
      if (problem === null) items.push(item);
      else failures.push(...failWholePart(part, item, problem, "image"));
    }

    let clock = performance.now();
    await runRows(
      job.model,
      status,
      scorer.outputs,
      {
        unitId: unit.id,
        limit: work.limit,
        rows: items.length,
        itemOf: (row) => items[row] as number,
        feeds: (from, to) => imageFeeds(reading, from, to),
      },
      {
        onRows(from, to, data) {
          times.infer += performance.now() - clock;
          clock = performance.now();
          const outputs = data.map((values, index) =>
            (job.outputCells[index] as (typeof job.outputCells)[number])(values, to - from),
          );
          const cells = items.map((item) => textCellBytes((unit.parts[item] as UnitPart).file, job.textStyle));
          sink.rows({ kind: "file", fileCells: cells }, outputs, from, to);
          times.postprocess += performance.now() - clock;
          clock = performance.now();
        },
        onFailed(row, stage, code, message) {
          const item = items[row] as number;
          const problem = { stage, code, message } as const;
          failures.push(...failWholePart(unit.parts[item] as UnitPart, item, problem, "image"));
        },
      },
    );
    times.infer += performance.now() - clock;

    sink.failed(failures.sort((one, other) => one.item - other.item));
    clock = performance.now();
    const goesOn = await sink.frameDone();
    times.write += performance.now() - clock;
    if (!goesOn) return { kind: "stopped" };
  }
  return { kind: "done" };
}

function imageFeeds(reading: ImageReading, from: number, to: number) {
  const { scorer, tensorWriter } = reading;
  const { length } = tensorWriter;
  const values = sliceValues(reading.values, from * length, to * length);
  const rows = scorer.fixedBatch ?? to - from;
  const padded = rows === to - from ? values : padRows(values, rows, length);
  return { rows, feeds: { [scorer.input.name]: inputTensor(scorer.input.type, padded, imageDims(scorer, rows)) } };
}
