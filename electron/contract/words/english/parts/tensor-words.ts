import { someNames } from "../../name-list.ts";
import type { TensorInfo } from "../../../signature.ts";

/** A tensor as words tell it. */
export type Tensor = { readonly name: string; readonly type: TensorInfo["type"]; readonly shape: TensorInfo["shape"] };

/** `"x" float32[?, 4]`, the same in every language. */
export function tensorText(tensors: readonly Tensor[]): string {
  return someNames(
    tensors.map(({ name, type, shape }) => `"${name}" ${type}[${shape.map((size) => size ?? "?").join(", ")}]`),
  );
}
