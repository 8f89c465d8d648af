import type { ScorerOutput } from "../../electron/contract/nouns/scorers/scorer-parts.ts";
import { arrayContents, type EncodePicture, fileCells, pictureContents } from "./item-files/file-cells.ts";
import { listCells } from "./list-cells.ts";
import { outputCells } from "./output-cells.ts";
import type { PrepareOutput } from "./prepared-output.ts";
import type { TextStyle } from "./text-cell.ts";

/**
 * How one output becomes cells; made once a job. `leads`: what is written before each cell. `encode` makes pictures, for jobs
 * that write some.
 */
export function prepareOutput(
  output: ScorerOutput,
  style: TextStyle,
  leads: readonly Uint8Array[],
  encode: EncodePicture | null,
): PrepareOutput {
  const { array, image, type } = output;
  const [lead = new Uint8Array()] = leads;
  if (array === undefined || type === "string") {
    const prepare = outputCells(output, style, leads);
    return ({ data }, rows) => prepare(data, rows);
  }
  if (image !== undefined) {
    if (encode === null) throw new Error("Nothing makes pictures here.");
    return fileCells(output, `.${image.format}`, pictureContents({ type, image }, encode), style, lead);
  }
  const isList = style.kind === "json" || style.kind === "always-quoted";
  return isList ? listCells(output, style, lead) : fileCells(output, ".npy", arrayContents(output, type), style, lead);
}
