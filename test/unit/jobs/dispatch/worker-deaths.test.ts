import { expect, it } from "vitest";
import type { Worker } from "../../../../electron/compute/worker.ts";
import type { ClaimedMiniBatch } from "../../../../electron/jobs/dispatch/claimed-mini-batch.ts";
import { takeDeath } from "../../../../electron/jobs/dispatch/worker-deaths.ts";
import { createSlot } from "../../../../electron/jobs/dispatch/worker-slot.ts";

it("a worker that died holds nothing: what it reported last, and is heard after its death, commits nothing twice", () => {
  const slot = createSlot({ id: "worker-1" } as Worker, "1-1.segment", "no-such.status", 0);
  slot.phase.move("ready");
  slot.departure = { kind: "leaving", byMs: 0 };
  const claimed = { kind: "score", todo: { miniBatch: { id: 7 } } } as unknown as ClaimedMiniBatch;
  slot.claimed = [claimed];
  const putBack: number[] = [];
  const parts = {
    spec: { scorer: { kind: "tabular" } },
    claims: {
      putBack: (todos: readonly ClaimedMiniBatch["todo"][]) =>
        putBack.push(...todos.map(({ miniBatch }) => miniBatch.id)),
    },
    log: { info: () => undefined, warning: () => undefined },
  } as unknown as Parameters<typeof takeDeath>[0];
  expect(takeDeath(parts, slot, { code: null, signal: "SIGKILL" })).toBeNull();
  expect([putBack, slot.claimed]).toEqual([[7], []]);
});
