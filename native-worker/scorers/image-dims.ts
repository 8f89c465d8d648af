import type { ImageScorer } from "../../electron/contract/nouns/scorers/image-scorer.ts";

/** The shape of a tensor of so many pictures. A model of gray pictures may leave the channel out. */
export function imageDims(scorer: ImageScorer, rows: number): number[] {
  const { height, width } = scorer;
  if (scorer.input.shape.length === 3) return [rows, height, width];
  const channels = scorer.color === "gray" ? 1 : 3;
  return scorer.layout === "nchw" ? [rows, channels, height, width] : [rows, height, width, channels];
}
