import { writeFileSync } from "node:fs";
import path from "node:path";
import { attribute, type Field, graph, longs, modelWith, outside, tensor, type TensorParts } from "../raw-onnx.ts";

/** One model that must be refused: how it is laid out in its folder, and what the refusal's sentence has to say. */
export type HostileModel = {
  readonly name: string;
  readonly says: RegExp;
  /** Whether it matters how the model is named: by its folder or by its file. */
  readonly isLayout?: boolean;
  /** Writes the model into `folder`; `canary` is a file outside that nobody may open. */
  readonly write: (folder: string, canary: string) => void;
};

/** What the model asks for outside: eight bytes, in the folder above its own. */
export const canaryName = "canary.bin";

export const weights = [["location", "weights.bin"]] as const;

/** A model of these bytes, with eight bytes of data beside it. */
export function bytesCase(name: string, says: RegExp, bytes: Uint8Array): HostileModel {
  return {
    name,
    says,
    write: (folder) => {
      writeFileSync(path.join(folder, "model.onnx"), bytes);
      writeFileSync(path.join(folder, "weights.bin"), new Uint8Array(8));
    },
  };
}

export const outsideFolder = /not a plain path inside its folder/;

export function locationCase(name: string, location: string | Uint8Array, says = outsideFolder): HostileModel {
  return bytesCase(`data in ${name}`, says, modelWith([outside(5, location)]));
}

export const above = (field: number, parts: TensorParts = {}) => outside(field, `../${canaryName}`, parts);
export const here = (field: number, parts: TensorParts = {}) => tensor(field, { raw: 8, ...parts });
export const place0 = tensor(2, { type: 7, dims: [1], raw: longs(0) });
export const w = here(5);
export const inGraph = (...parts: readonly Field[]) => attribute("body", 5, graph(6, ...parts));
export const sized = (name: string, says: RegExp, ...parts: readonly Field[]) =>
  bytesCase(name, says, modelWith(parts));
