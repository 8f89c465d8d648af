import { Tensor } from "onnxruntime-node";

/**
 * To be imported before the first tensor is made. ONNX Runtime's JavaScript side makes a Float16Array of half-precision values where
 * the runtime has that type, and its native side cannot read one. It looks for the type once, when it makes its first tensor: that is
 * done here, unseen.
 */
const scope = globalThis as { Float16Array?: unknown };
const float16Array = scope.Float16Array;
if (float16Array !== undefined) {
  scope.Float16Array = undefined;
  new Tensor("float16", new Uint16Array(1), [1]);
  scope.Float16Array = float16Array;
}
