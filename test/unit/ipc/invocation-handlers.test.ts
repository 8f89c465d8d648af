import { expect, test } from "vitest";
import type { Preflight } from "../../../electron/contract/nouns/preflight.ts";
import { azureJobHandlers } from "../../../electron/ipc/azure/azure-jobs.handlers.ts";
import { createGrants } from "../../../electron/ipc/grants.ts";
import { invocationHandlers } from "../../../electron/ipc/invocations.handlers.ts";
import { createPreviews } from "../../../electron/ipc/previews.ts";
import type { Workspace } from "../../../electron/workspace/workspace.ts";

const report: Preflight = {
  endpoint_name: "dense",
  deployment_name: null,
  ...{ problems: [], warnings: [], plan: null, scan: null, sample: null, estimate: null },
};

const forecast = { problems: [], spec: null, listed: null, estimate: null, missingRights: [] };

/** Handlers over a workspace whose previews end when they are asked to, and the signals that it was given. */
async function previewing() {
  const signals: AbortSignal[] = [];
  const untilEnded = <Answer>(signal: AbortSignal | null | undefined, answer: Answer): Promise<Answer> =>
    new Promise((resolve) => {
      if (!signal) throw new Error("A preview can be ended.");
      signals.push(signal);
      signal.addEventListener("abort", () => resolve(answer));
    });
  const jobs = {
    preflight: ((_request, _depth, signal) => untilEnded(signal, report)) satisfies Workspace["jobs"]["preflight"],
    planForAzure: ((_request, _resources, _where, signal) =>
      untilEnded(signal, forecast)) satisfies Workspace["jobs"]["planForAzure"],
  };
  const azure = { within: (_named: null, work: () => unknown) => work() };
  const workspace = { jobs, azure } as unknown as Workspace;
  const grants = createGrants();
  const granted = await grants.grantInput(import.meta.dirname);
  if (!granted.ok) throw new Error(granted.problem.code);
  const previews = createPreviews();
  const handlers = invocationHandlers(workspace, grants, previews);
  const azureHandlers = azureJobHandlers(workspace, grants, previews);
  const invocation = {
    ...{ endpoint_name: "dense", deployment_name: null, grantId: granted.value.grantId, output_grant: null },
    overrides: {},
  };
  return {
    signals,
    preview: (preview_id: string) =>
      handlers["invocations:preview"]({ ...invocation, incremental: false, depth: "quick", preview_id }),
    previewInAzure: (preview_id: string) => azureHandlers["azure:preview-job"]({ ...invocation, preview_id }),
    end: handlers["invocations:end-preview"],
  };
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

test("a preview of a job in Azure is ended like any other", async () => {
  const { signals, preview, previewInAzure, end } = await previewing();
  const here = preview("sheet-1");
  const there = previewInAzure("sheet-2");
  await end({ preview_id: "sheet-2" });
  expect(await there).toMatchObject({ ok: true, value: { job: null } });
  expect(signals.map(({ aborted }) => aborted)).toEqual([false, true]);
  await end({ preview_id: "sheet-1" });
  await here;
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
