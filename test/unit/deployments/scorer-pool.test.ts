import { describe, expect, test } from "vitest";
import { rowsOfOneCut } from "../../../electron/contract/nouns/scorer.ts";
import {
  ids,
  float,
  named,
  output,
  refused,
  resolved,
  signature,
  table,
} from "../../helpers/deployments/model-signatures.ts";

const encoder = signature(
  [ids("input_ids"), ids("attention_mask")],
  [output("last_hidden_state", null, null, 384), output("pooler_output", null, 2)],
);

describe("output.pool", () => {
  test("makes a vector a text of each output with one a token, and leaves the others", () => {
    const scorer = resolved(encoder, { output: { pool: "mean" } }, null, named);
    expect(scorer.outputs).toMatchObject([
      { name: "last_hidden_state", width: 384, pool: "mean", type: "float32" },
      { name: "pooler_output", width: 2 },
    ]);
    expect(scorer.outputs[0]?.columns.slice(0, 2)).toEqual(["last_hidden_state_0", "last_hidden_state_1"]);
    expect(scorer.outputs[1]).not.toHaveProperty("pool");
    expect(scorer.outputs[0]).not.toHaveProperty("normalize");
  });

  test("makes floats of halves", () => {
    const half = { ...output("h", null, null, 8), type: "float16" as const };
    const scorer = resolved(signature([ids("input_ids")], [half]), { output: { pool: "cls" } }, null, named);
    expect(scorer.outputs).toMatchObject([{ type: "float32", pool: "cls" }]);
  });

  test("is refused without such an output, for an open width, and for models that take no tokens", () => {
    expect(refused(encoder, { output: { pool: "max", outputs: ["pooler_output"] } }, null, named)).toContain(
      'needs an output with a vector a token, [N, tokens, width]; this model gives "pooler_output" float32[?, 2]',
    );
    const open = signature([ids("input_ids")], [output("h", null, null, null)]);
    expect(refused(open, { output: { pool: "mean" } }, null, named)).toContain("is not known before it runs");
    expect(refused(table, { output: { pool: "mean" } })).toContain("take the tokens of texts");
  });

  test("lets rows and lines run beside others of their length, in cuts that no other rows change", () => {
    const cutOf = (items: "line" | "file") =>
      rowsOfOneCut(resolved(encoder, { input: { items }, output: { pool: "mean" } }, null, named), 48);
    expect([cutOf("line"), cutOf("file")]).toEqual([1056, 48]);
    expect(rowsOfOneCut(resolved(table), 48)).toBe(48);
  });
});

describe("output.normalize", () => {
  test("is of every output of several floats, pooled or not", () => {
    const scorer = resolved(encoder, { output: { pool: "mean", normalize: true } }, null, named);
    expect(scorer.outputs).toMatchObject([{ normalize: true }, { normalize: true }]);
    expect(resolved(table, { output: { normalize: true } }).outputs).toMatchObject([{ normalize: true }]);
  });

  test("is refused without such an output", () => {
    const one = signature([float("x", null, 4)], [output("y", null, 1)]);
    expect(refused(one, { output: { normalize: true } })).toContain("needs an output of several floats");
  });
});
