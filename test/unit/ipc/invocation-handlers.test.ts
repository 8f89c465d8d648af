import { expect, test } from "vitest";
import type { Preflight } from "../../../electron/contract/nouns/preflight.ts";
import { createGrants } from "../../../electron/ipc/grants.ts";
import { invocationHandlers } from "../../../electron/ipc/invocations.handlers.ts";
import type { Workspace } from "../../../electron/workspace/workspace.ts";

const report: Preflight = {
  endpoint_name: "dense",
  deployment_name: null,
  ...{ problems: [], warnings: [], plan: null, scan: null, sample: null, estimate: null },
};

/** Handlers over a workspace whose previews end when they are told to, and the signals that it was given. */
async function previewing() {
  const signals: AbortSignal[] = [];
  const preflight: Workspace["jobs"]["preflight"] = (_request, _depth, signal) =>
    new Promise((resolve) => {
      if (signal === undefined) throw new Error("A preview can be ended.");
      signals.push(signal);
      signal.addEventListener("abort", () => resolve(report));
    });
  const grants = createGrants();
  const granted = await grants.grantInput(import.meta.dirname);
  if (!granted.ok) throw new Error(granted.problem.code);
  const handlers = invocationHandlers({ jobs: { preflight } } as unknown as Workspace, grants);
  const invocation = {
    ...{ endpoint_name: "dense", deployment_name: null, grantId: granted.value.grantId, output_grant: null },
    ...{ overrides: {}, incremental: false, depth: "quick" as const },
  };
  const preview = (preview_id: string) => handlers["invocations:preview"]({ ...invocation, preview_id });
  return { signals, preview, end: handlers["invocations:end-preview"] };
}

test("a preview is ended by its own id, and no other one with it", async () => {
  const { signals, preview, end } = await previewing();
  const first = preview("sheet-1");
  const second = preview("sheet-2");
  await end({ preview_id: "sheet-1" });
  expect(await first).toMatchObject({ ok: true });
  expect(signals.map(({ aborted }) => aborted)).toEqual([true, false]);
  await end({ preview_id: "sheet-2" });
  await second;
});

test("a preview of a page that was loaded again can be ended although an earlier one had its id", async () => {
  const { signals, preview, end } = await previewing();
  const earlier = preview("sheet-1");
  await end({ preview_id: "sheet-1" });
  const later = preview("sheet-1");
  await earlier;
  await end({ preview_id: "sheet-1" });
  await later;
  expect(signals.map(({ aborted }) => aborted)).toEqual([true, true]);
});

test("ending a preview that has answered already is no mistake", async () => {
  const { end } = await previewing();
  expect(await end({ preview_id: "sheet-9" })).toEqual({ ok: true, value: null });
});
