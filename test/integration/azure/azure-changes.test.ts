import { describe, expect, it } from "vitest";
import { problemSentence } from "../../../electron/contract/words/english-problems.ts";
import type { Pace } from "../../azure/arm/long-operations.ts";
import { busy, changingAzure, patience, polling } from "../../helpers/azure/changing-azure.ts";

/** What is changed in an Azure ML workspace is followed to its end. Over TLS on loopback. */
const { arm, make, changes, resources, waiting, disturb, requests, writes, said, inAzure, stateOf } =
  changingAzure("azure-changes");

describe("an operation", () => {
  const told: readonly Pace["told"][] = ["header", "body", "location", "state"];

  it.each(told)("that Azure tells of by %s is followed to its end", async (way) => {
    arm().go({ told: way, looks: 3 });
    expect(await changes().createEndpoint("rivers", { description: "Levels" }, waiting())).toMatchObject({
      ok: true,
      value: { isNew: true },
    });
    expect(stateOf("batchEndpoints/rivers")).toBe("Succeeded");
    expect(said().map(({ kind }) => kind)).toEqual(["working", "working", "working", "done"]);

    arm().go({ told: way });
    expect((await changes().deleteEndpoint("rivers", waiting())).ok).toBe(true);
    expect(inAzure("batchEndpoints/rivers")).toBeNull();
  });

  it.each(["header", "location"] as const)("that fails, told by %s, is told with Azure's code", async (way) => {
    arm().go({ told: way, failure: { code: "QuotaExceeded", message: "No cores are left" } });
    const made = await changes().createEndpoint("rivers", {}, waiting());
    expect(made).toMatchObject({ ok: false, problem: { code: "azure/operation-failed" } });
    expect(made.ok || problemSentence(made.problem)).toBe(
      'Azure could not create the endpoint "rivers" (QuotaExceeded): No cores are left.',
    );
  });

  it("whose state alone tells that it failed is told, too", async () => {
    arm().go({ told: "state", failure: { code: "Any", message: "thing" } });
    const made = await changes().createEndpoint("rivers", {}, waiting());
    expect(made.ok || problemSentence(made.problem)).toBe(
      'Azure could not create the endpoint "rivers" (Failed): It did not say why.',
    );
  });

  it("is left to Azure when nobody wants to wait, and when its user does not any more", async () => {
    expect((await changes().createEndpoint("rivers", {}, waiting({ isLeft: true }))).ok).toBe(true);
    expect(stateOf("batchEndpoints/rivers")).toBe("Creating");

    const leave = new AbortController();
    arm().go({ looks: 1_000 });
    const left = await changes().createEndpoint(
      "lakes",
      {},
      waiting({ signal: leave.signal, onProgress: () => leave.abort() }),
    );
    expect(left.ok || problemSentence(left.problem)).toBe(
      'Azure was asked to create the endpoint "lakes", and goes on with it. ' +
        "See how it stands: batchdeck endpoint show -n lakes --remote",
    );
    expect(stateOf("batchEndpoints/lakes")).toBe("Creating");
  });

  it("that takes too long is left to Azure", async () => {
    arm().go({ looks: 1_000 });
    const made = await changes().createEndpoint("lakes", {}, waiting({ polling: { ...polling, limitMs: 1 } }));
    expect(made.ok || problemSentence(made.problem)).toMatch(/^Azure did not create the endpoint "lakes" in time/);
  });

  it("that is at somebody else's host is not looked at there", async () => {
    const headers = { "azure-asyncoperation": "https://evil.lab.test/operations/1" };
    arm().put(make().endpoint("rivers", { provisioningState: "Succeeded" }));
    // Questions go before the write.
    disturb("none", "none", { status: 200, headers, body: { properties: { provisioningState: "Updating" } } });
    expect((await changes().createEndpoint("rivers", {}, waiting())).ok).toBe(true);
    expect(requests().join("\n")).not.toMatch(/evil/);
  });

  it("goes on while Azure is busy with other things", async () => {
    arm().go({ looks: 1 });
    disturb("none", "none", "none", busy(500), busy(429), "cut", busy(503));
    expect((await changes().createEndpoint("rivers", {}, waiting())).ok).toBe(true);
    expect(stateOf("batchEndpoints/rivers")).toBe("Succeeded");
  });
});

describe("an endpoint", () => {
  it("is replaced whole for a change, and keeps what Batchdeck has no words for", async () => {
    const before = {
      ...make().endpoint("churn", { properties: { owner: "eva", AzureAsyncOperationUri: "https://x.test/" } }),
      identity: {
        type: "UserAssigned",
        principalId: "1",
        userAssignedIdentities: { "/subscriptions/1/one": { clientId: "2" } },
      },
      kind: "batch",
    };
    arm().put(before);
    expect((await changes().updateEndpoint("churn", { defaultDeployment: "steps" }, waiting())).ok).toBe(true);
    expect(writes()).toEqual(["PUT batchEndpoints/churn"]);
    expect(inAzure("batchEndpoints/churn")).toMatchObject({
      tags: { team: "risk" },
      kind: "batch",
      identity: { type: "UserAssigned", userAssignedIdentities: { "/subscriptions/1/one": {} } },
      properties: {
        description: "Scores churn",
        authMode: "AADToken",
        defaults: { deploymentName: "steps" },
        properties: { owner: "eva" },
      },
    });
  });

  it.each([
    ["that is not there", "nowhere", {}, "endpoint/not-found"],
    ["by a name that is a path", "../../x", {}, "endpoint/not-found"],
    ["to a default that is not there", "churn", { defaultDeployment: "red" }, "deployment/not-found"],
  ])("%s is not changed", async (_what, name, change, code) => {
    expect(await changes().updateEndpoint(name, change, waiting())).toMatchObject({ ok: false, problem: { code } });
    expect(writes()).toEqual([]);
  });

  it("that was deleted is not shown as last seen, and neither is a list that had it", async () => {
    await resources().endpoints.list(null);
    await resources().endpoints.show("churn");
    await resources().deployments("churn").list(null);
    await resources().computes.list(null);
    expect((await changes().deleteEndpoint("churn", waiting())).ok).toBe(true);
    const outage = () => disturb(...Array.from({ length: patience.retries + 1 }, () => busy(503)));
    outage();
    expect(await resources().endpoints.show("churn")).toMatchObject({ ok: false });
    outage();
    expect(await resources().endpoints.list(null)).toMatchObject({ ok: false });
    outage();
    expect(await resources().deployments("churn").list(null)).toMatchObject({ ok: false });
    outage();
    expect(await resources().computes.list(null)).toMatchObject({ ok: true });
  });
});

it("a job is asked to end, once or twice, and one that is not there is not", async () => {
  disturb("twice");
  expect((await changes().cancelJob("run-2", waiting().signal)).ok).toBe(true);
  expect(inAzure("jobs/run-2")?.properties["status"]).toBe("CancelRequested");
  expect(await changes().cancelJob("run-9", waiting().signal)).toMatchObject({
    ok: false,
    problem: { code: "job/not-found" },
  });
});
