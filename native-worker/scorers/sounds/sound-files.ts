import {
  type AudioScorer,
  outputsOfModel,
  rowSizes,
  windowCount,
} from "../../../electron/contract/nouns/scorers/audio-scorer.ts";
import type { ArrayType } from "../../../electron/contract/tensors/npy-header.ts";
import { readSound } from "../../readers/audio/read-sound.ts";
import { type ArrayValues, fitValues } from "../../readers/tensors/array-values.ts";
import type { TensorItem } from "../../readers/tensors/array-items.ts";
import { resultsPerRow } from "../run-rows.ts";
import type { FilesReading } from "../score-files.ts";
import { frameFeeds } from "../tensor-files.ts";

/** The scores of all windows of a sound are held together. */
const mostScores = 64 * 1024 * 1024;
/** More would be a step of a few samples, taken for one of seconds. */
const mostWindowsOfAny = 100_000;

/** Sounds, a row each; or, with windows, a row a window, and then a frame is one file. */
export function soundFiles(scorer: AudioScorer): FilesReading {
  const [{ type }] = scorer.inputs;
  const { windows } = scorer;
  let frame: Float32Array[] = [];
  const scoresPerRow = scorer.outputs.reduce((sum, { width }) => sum + width, 0);
  const mostWindows = Math.min(mostWindowsOfAny, Math.floor(mostScores / scoresPerRow));
  const itemOf = (samples: Float32Array): TensorItem => [
    {
      values: fitValues(samples, "float32", type as ArrayType) as ArrayValues,
      shape: rowSizes(scorer, samples.length),
    },
  ];
  const rowsOf = (from: number, to: number): readonly Float32Array[] => {
    if (windows === undefined) return frame.slice(from, to);
    const [sound = new Float32Array(0)] = frame;
    return Array.from({ length: to - from }, (_, index) =>
      windowOf(sound, (from + index) * windows.step, windows.length),
    );
  };
  return {
    results: resultsPerRow(outputsOfModel(scorer), scorer.wholeOutputs),
    startFrame() {
      frame = [];
    },
    async take(bytes, row, beforeRisk) {
      if (bytes.length === 0) return { stage: "read", code: "file-empty", message: "The file is empty." };
      const samples = await readSound(bytes, scorer.sampleRate, scorer.length, beforeRisk);
      if ("code" in samples) return { stage: "preprocess", ...samples };
      if (windows !== undefined && windowCount(windows, samples.length) > mostWindows) {
        const message = `The sound has more than ${mostWindows} windows; take a longer step.`;
        return { stage: "preprocess", code: "audio-too-long", message };
      }
      if (scorer.scale !== undefined) scaleUp(samples, scorer.scale);
      frame[row] = samples;
      return null;
    },
    feeds: (from, to) => frameFeeds(scorer, rowsOf(from, to).map(itemOf)),
    ...(windows !== undefined && {
      windows: {
        count: () => windowCount(windows, frame[0]?.length ?? 0),
        startOf: (row) => (row * windows.step) / scorer.sampleRate,
      },
    }),
  };
}

function scaleUp(samples: Float32Array, scale: number): void {
  for (let at = 0; at < samples.length; at++) samples[at] = (samples[at] as number) * scale;
}

/** Behind the sound's end come zeros. */
function windowOf(sound: Float32Array, start: number, length: number): Float32Array {
  const window = new Float32Array(length);
  window.set(sound.subarray(start, start + length));
  return window;
}
