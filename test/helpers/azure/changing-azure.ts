import { createHash, randomUUID } from "node:crypto";
import path from "node:path";
import { afterAll, afterEach, beforeAll, beforeEach } from "vitest";
import { deploymentSettingsSchema } from "../../../electron/contract/nouns/deployment.ts";
import type { AzureProgress } from "../../../electron/contract/views/azure-write.ts";
import { openRegistry, type Registry } from "../../../electron/registry/open-registry.ts";
import { openAzureClient } from "../../../electron/remote/azureml/azure-client.ts";
import type { Waiting } from "../../../electron/remote/azureml/writes/operations.ts";
import type { DeploymentPlan, ReadFiles } from "../../../electron/remote/azureml/writes/plan.ts";
import { createAccountStore } from "../../../electron/remote/identity/account-store.ts";
import { type AzureSession, openSession } from "../../../electron/remote/identity/session.ts";
import { type SampleAzure, startSampleAzure } from "../../azure/arm/sample.ts";
import { keptKey } from "../../azure/kept-key.ts";
import { type Lab, labHosts, startLab } from "../../azure/lab.ts";
import type { Fault } from "../../azure/server.ts";
import { temporaryFolder } from "../places.ts";

const application = { clientId: randomUUID(), secret: "Secret~of-the-application" };
export const patience = { retries: 2, firstWaitMs: 1, mostWaitMs: 2_000 };
export const polling = { leastWaitMs: 1, firstWaitMs: 1, mostWaitMs: 5, mostAskedWaitMs: 50, limitMs: 60_000 };

/** Azure for the tests of a file: a new one before each, with a client that is signed in. To be called outside of tests. */
export function changingAzure(label: string) {
  const folder = temporaryFolder(label);
  let lab: Lab;
  let azure: SampleAzure;
  let session: AzureSession;
  let registry: Registry;
  let asked = 0;
  let registries = 0;
  let said: AzureProgress[] = [];
  let sent: string[] = [];

  beforeAll(async () => {
    lab = await startLab(folder, { applications: [application] });
  });
  afterAll(() => lab.close());
  beforeEach(() => {
    renew();
    const opened = openSession(createAccountStore(folder, keptKey()), {
      systemProxy: null,
      environment: {
        BATCHDECK_CLOUD: lab.cloudFile,
        AZURE_TENANT_ID: lab.tenant,
        AZURE_CLIENT_ID: application.clientId,
        AZURE_CLIENT_SECRET: application.secret,
      },
    });
    registries += 1;
    const kept = openRegistry(path.join(folder, `registry-${registries}.db`));
    if (!opened.ok || !kept.ok) throw new Error("The session cannot be opened.");
    session = opened.value;
    registry = kept.value;
  });
  afterEach(() => {
    session.close();
    registry.close();
  });

  /** Azure begins anew, and so does what is remembered of it. */
  function renew(): void {
    lab.server.calm();
    azure = startSampleAzure(lab);
    forget();
  }

  function forget(): void {
    asked = lab.server.requests().length;
    said = [];
    sent = [];
  }

  /** Files whose names are their content; sending them is told in `sent`. How files are really sent is tested with storage. */
  const readFiles: ReadFiles = async ({ files }) => {
    const names = files.map((file) => file.path).join("\n");
    return {
      ok: true,
      value: {
        address: createHash("sha256").update(names).digest("hex"),
        bytes: files.length,
        async send(_to, prefix, onProgress) {
          sent.push(prefix);
          onProgress(files.length, 0);
          return { ok: true, value: null };
        },
      },
    };
  };

  const client = () => openAzureClient(session, registry.azure, patience);
  const idOf = (rest: string) => `${workspaceId(azure)}/${rest}`;
  const inAzure = (rest: string) => azure.arm.find(idOf(rest));
  const requests = () => lab.server.requests().slice(asked);
  return {
    renew,
    forget,
    /** The stand-in of this test. */
    arm: () => azure.arm,
    make: () => azure.make,
    changes: () => client().changesIn(azure.place, readFiles),
    resources: () => client().resourcesIn(azure.place),
    waiting: (more: Partial<Waiting> = {}): Waiting => ({
      onProgress: (progress) => said.push(progress),
      signal: new AbortController().signal,
      polling,
      ...more,
    }),
    disturb: (...faults: readonly Fault[]) => lab.server.disturb(labHosts.management, ...faults),
    requests,
    /** Requests that change something, without the host and the place. */
    writes: () =>
      requests()
        .filter((line) => /^(PUT|PATCH|POST|DELETE) management/.test(line))
        .map((line) => line.replace(/management.*\/workspaces\/lab\//, "")),
    said: () => said,
    sent: () => sent,
    idOf,
    inAzure,
    stateOf: (rest: string) => inAzure(rest)?.properties["provisioningState"],
  };
}

function workspaceId({ place }: SampleAzure): string {
  const group = `/subscriptions/${place.subscription}/resourceGroups/${place.resource_group}`;
  return `${group}/providers/Microsoft.MachineLearningServices/workspaces/${place.workspace}`;
}

export const busy = (status: number) => ({ status, headers: { "retry-after": "0" }, body: "" });

const filesOf = (...names: readonly string[]) => ({
  folder: "/",
  files: names.map((name) => ({ path: name, sizeBytes: 1, modifiedMs: 1 })),
  root: { kind: "folder" as const, name: "net" },
});

/** A model of files whose names are their content. */
export const modelOf = (...names: readonly string[]) =>
  ({ kind: "files", name: "iris", version: null, type: "custom_model", files: filesOf(...names) }) as const;

/** A deployment that brings all of its parts. */
export const samplePlan: DeploymentPlan = {
  endpoint: "churn",
  name: "green",
  description: "Made here",
  tags: { team: "risk" },
  properties: { "batchdeck.scorer": "abc" },
  model: modelOf("net.onnx"),
  code: { kind: "files", files: filesOf("score.py"), script: "score.py" },
  environment: { kind: "definition", name: null, version: null, image: "mcr.lab.test/onnx:2", condaFile: "name: x\n" },
  compute: "cpu-cluster",
  instanceType: null,
  settings: deploymentSettingsSchema.parse({}),
};
export const samplePublication = {
  plan: samplePlan,
  setDefault: false,
  endpoint: null,
  mustExist: false,
  agree: () => true,
};
