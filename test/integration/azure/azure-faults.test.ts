import { randomUUID } from "node:crypto";
import path from "node:path";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { problemSentence } from "../../../electron/contract/words/english-problems.ts";
import { openRegistry, type Registry } from "../../../electron/registry/open-registry.ts";
import { openAzureClient } from "../../../electron/remote/azureml/azure-client.ts";
import { createAccountStore } from "../../../electron/remote/identity/account-store.ts";
import { type AzureSession, openSession } from "../../../electron/remote/identity/session.ts";
import { type SampleAzure, startSampleAzure } from "../../azure/arm/sample.ts";
import { keptKey } from "../../azure/kept-key.ts";
import { type Lab, labHosts, startLab } from "../../azure/lab.ts";
import type { Fault } from "../../azure/server.ts";
import { temporaryFolder } from "../../helpers/places.ts";

/** What goes wrong between a client and Azure's control plane, over TLS on loopback. */
const folder = temporaryFolder("azure-faults");
const application = { clientId: randomUUID(), secret: "Secret~of-the-application" };
const patience = { retries: 2, firstWaitMs: 1, mostWaitMs: 2_000 };
let lab: Lab;
let azure: SampleAzure;
let session: AzureSession;
let registry: Registry;
let asked = 0;
let registries = 0;

beforeAll(async () => {
  lab = await startLab(folder, { applications: [application] });
});
afterAll(() => lab.close());
beforeEach(() => {
  azure = startSampleAzure(lab);
  const environment = {
    BATCHDECK_CLOUD: lab.cloudFile,
    AZURE_TENANT_ID: lab.tenant,
    AZURE_CLIENT_ID: application.clientId,
    AZURE_CLIENT_SECRET: application.secret,
  };
  const opened = openSession(createAccountStore(folder, keptKey()), { environment, systemProxy: null });
  registries += 1;
  const kept = openRegistry(path.join(folder, `registry-${registries}.db`));
  if (!opened.ok || !kept.ok) throw new Error("The session cannot be opened.");
  session = opened.value;
  registry = kept.value;
  asked = lab.server.requests().length;
});
afterEach(() => {
  session.close();
  registry.close();
});

const client = () => openAzureClient(session, registry.azure, patience);
const resources = () => client().resourcesIn(azure.place);
const endpoints = () => resources().endpoints.list(null);
const disturb = (...faults: readonly Fault[]) => lab.server.disturb(labHosts.management, ...faults);
/** How often the control plane was asked in this test. */
const questions = () =>
  lab.server
    .requests()
    .slice(asked)
    .filter((line) => line.includes(labHosts.management)).length;

const busy = (status: number, headers: Readonly<Record<string, string>> = {}) => ({ status, headers, body: "" });
const four = ["churn", "fraud", "prices", "fresh"];

describe("a fault that passes", () => {
  it.each([
    ["429 with Retry-After", [busy(429, { "retry-after": "0" })]],
    ["503 with a date in Retry-After", [busy(503, { "retry-after": new Date().toUTCString() })]],
    ["500 twice", [busy(500), busy(500)]],
    ["an answer that is cut", ["cut" as const]],
  ])("is waited for: %s", async (_what, faults) => {
    disturb(...faults);
    const listed = await endpoints();
    expect(listed.ok && listed.value.view.map(({ name }) => name)).toEqual(four);
    // Two pages.
    expect(questions()).toBe(2 + faults.length);
  });
});

describe("a fault that stays", () => {
  it.each([
    ["500", [busy(500), busy(500), busy(500)], "azure/unreachable", / is busy or out of order \(status 500\)/],
    ["a wait that is too long", [busy(429, { "retry-after": "600" })], "azure/unreachable", /Try again in 600 seconds/],
    ["cut answers", ["cut", "cut", "cut"], "azure/unreachable", /was closed before the answer/],
    ["no JSON", [{ status: 200, body: "<html>" }], "azure/unexpected-answer", /it is no JSON/],
    ["another shape", [{ status: 200, body: { value: {} } }], "azure/unexpected-answer", /something in it is missing/],
    ["no content", [{ status: 204 }], "azure/unexpected-answer", /something in it is missing/],
    ["a redirect", [{ status: 302, headers: { location: "https://evil.test/" } }], "azure/host-refused", /evil\.test/],
    [
      "a bad request",
      [
        {
          status: 400,
          body: { error: { code: "UserError", message: "Too long", details: [{ message: "By far\nindeed." }] } },
        },
      ],
      "azure/refused",
      /^Azure refused the request \(400 UserError\): Too long\. By far indeed\.$/,
    ],
    [
      "a bad request in the flat form",
      [{ status: 409, body: { code: "Conflict", message: "There is one." } }],
      "azure/refused",
      /\(409 Conflict\): There is one\./,
    ],
    ["a refusal without words", [{ status: 403, body: "" }], "azure/forbidden", /It did not say why\..*"Reader"/],
  ] as const)("is told: %s", async (_what, faults, code, says) => {
    disturb(...faults);
    const listed = await endpoints();
    expect(listed).toMatchObject({ ok: false, problem: { code } });
    expect(listed.ok || problemSentence(listed.problem)).toMatch(says);
  });

  it("a missing right is told with the role that has it", async () => {
    azure.arm.deny(/\/batchEndpoints$/);
    azure.arm.deny(/\/computes/);
    const listed = await endpoints();
    expect(listed.ok || problemSentence(listed.problem)).toMatch(
      /^Azure does not let your account do "Microsoft\.MachineLearningServices\/workspaces\/batchEndpoints\/read" on "\/subscriptions\/.*"\. Ask an owner there for the role "Reader"\./,
    );
  });

  it("a subscription that is closed to the account hides no other", async () => {
    azure.arm.deny(new RegExp(`^/subscriptions/${azure.sandbox}/`));
    const listed = await client().workspaces.list(null);
    expect(listed.ok && listed.value.view.map(({ name }) => name)).toEqual(["lab"]);
  });
});

describe("a list", () => {
  it("goes on at Azure's own host only", async () => {
    azure.arm.continueAt(() => `https://${labHosts.management}.evil.test/subscriptions?$skip=1`);
    const listed = await endpoints();
    expect(listed).toMatchObject({ ok: false, problem: { params: { fault: "other-place" } } });
    expect(questions()).toBe(1);
  });

  it("without an end is ended", async () => {
    azure.arm.continueAt((truth) => truth.replace(/skip=\d+/, "skip=2"));
    expect(await endpoints()).toMatchObject({ ok: false, problem: { params: { fault: "endless-list" } } });
  });

  it("is asked for no further than is wanted", async () => {
    const listed = await resources().endpoints.list(1);
    expect(listed.ok && listed.value.view).toHaveLength(1);
    expect(questions()).toBe(1);
  });

  it("leaves out an entry that makes no sense, and counts it", async () => {
    azure.arm.put(azure.make.endpoint("odd", { authMode: 7 }));
    const listed = await endpoints();
    expect(listed).toMatchObject({ ok: true, value: { unreadable: 1 } });
    expect(listed.ok && listed.value.view.map(({ name }) => name)).toEqual(four);
  });

  it("that is larger than any such answer is not read to its end", async () => {
    disturb({ status: 200, body: `{"value":["${"x".repeat(17 * 1024 * 1024)}"]}` });
    expect(await endpoints()).toMatchObject({ ok: false, problem: { params: { fault: "too-large" } } });
    expect(questions()).toBe(1);
  });
});

describe("a token", () => {
  it("is made anew once, with the claims that Azure demands", async () => {
    azure.arm.demand({ access_token: { nbf: { essential: true, value: "1767600000" } } });
    const listed = await endpoints();
    expect(listed.ok && listed.value.view.map(({ name }) => name)).toEqual(four);
    // One refusal, and two pages.
    expect(questions()).toBe(3);
  });

  it("that is not taken ends in signing in again", async () => {
    disturb({ status: 401, headers: { "www-authenticate": 'Bearer error="invalid_token"' }, body: "" });
    const listed = await endpoints();
    expect(listed).toMatchObject({ ok: false, problem: { code: "azure/sign-in-needed" } });
    expect(listed.ok || problemSentence(listed.problem)).toMatch(/Run: batchdeck login$/);
  });
});

describe("while Azure cannot be reached", () => {
  const outage = () => disturb(...Array.from({ length: patience.retries + 1 }, () => busy(503)));

  it("what was last seen is shown, with its time", async () => {
    const before = await endpoints();
    const one = await resources().endpoints.show("churn");
    outage();
    const after = await endpoints();
    outage();
    const sameOne = await resources().endpoints.show("churn");
    if (!before.ok || !after.ok || !one.ok || !sameOne.ok) throw new Error("It was seen before.");
    expect(after.value.view).toEqual(before.value.view);
    expect(sameOne.value.view).toEqual(one.value.view);
    expect(after.value.offline).toMatchObject({ problem: { code: "azure/unreachable" } });
    expect(Date.parse(after.value.offline?.seenAt ?? "")).toBeGreaterThan(Date.now() - 60_000);
  });

  it("nothing is shown that this account has not seen, or only the beginning of", async () => {
    await resources().endpoints.list(1);
    outage();
    expect(await endpoints()).toMatchObject({ ok: false, problem: { code: "azure/unreachable" } });
    await endpoints();
    const other = openAzureClient({ ...session, accountId: "another" }, registry.azure, patience);
    outage();
    expect(await other.resourcesIn(azure.place).endpoints.list(null)).toMatchObject({ ok: false });
  });

  it("what has gone is not shown over the answer that it has gone", async () => {
    const { show } = resources().endpoints;
    await show("prices");
    const id = `/subscriptions/${azure.place.subscription}/resourceGroups/risk-rg/providers/Microsoft.MachineLearningServices/workspaces/lab`;
    azure.arm.remove(`${id}/batchEndpoints/prices`);
    expect(await show("prices")).toMatchObject({ ok: false, problem: { code: "endpoint/not-found" } });
    azure.arm.remove(id);
    expect(await show("churn")).toMatchObject({ ok: false, problem: { code: "azure/workspace-not-found" } });
  });

  it("what an earlier version kept in another shape is not shown", async () => {
    const answers = {
      keepAnswer: () => {},
      forgetAnswersBelow: () => {},
      answer: () => ({ answer: [{ name: 1 }], seenAt: "2026-01-01" }),
    };
    outage();
    const listed = openAzureClient(session, answers, patience).resourcesIn(azure.place).endpoints.list(null);
    expect(await listed).toMatchObject({ ok: false, problem: { code: "azure/unreachable" } });
  });
});

it("no token gives its own problem, and nothing is asked", async () => {
  const problem = { code: "azure/sign-in-needed", kind: "azure/sign-in-needed", params: {} } as const;
  const tokens = { token: async () => ({ ok: false, problem }) as const };
  const listed = await openAzureClient({ ...session, tokens }, registry.azure, patience).workspaces.list(null);
  expect(listed).toEqual({ ok: false, problem });
  expect(questions()).toBe(0);
});
