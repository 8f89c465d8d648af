import { afterEach, expect, it, vi } from "vitest";
import { failure } from "../../../electron/contract/problem.ts";
import type { ControlPlane } from "../../../electron/remote/azureml/control-plane.ts";
import { createRights } from "../../../electron/remote/azureml/rights.ts";

afterEach(() => void vi.restoreAllMocks());

it("rights that Azure does not answer for are asked for within one limit, and then not reported as missing", async () => {
  const limit = new AbortController();
  const timeout = vi.spyOn(AbortSignal, "timeout").mockReturnValue(limit.signal);
  const unanswered = (signal?: AbortSignal) =>
    new Promise((resolve) => {
      signal?.addEventListener("abort", () => resolve(failure("azure/cancelled")));
    });
  const controlPlane = {
    get: (_address: unknown, _schema: unknown, _missing: unknown, signal?: AbortSignal) => unanswered(signal),
    list: ({ signal }: { readonly signal?: AbortSignal }) => unanswered(signal),
  } as unknown as ControlPlane;
  const { missingForJob } = createRights({ subscription: "s", resource_group: "g", workspace: "w" }, controlPlane);

  const missing = missingForJob({ accountName: "a", containerName: "c", writes: true });
  limit.abort();
  expect(await missing).toEqual([]);
  expect(timeout).toHaveBeenCalledOnce();
});
