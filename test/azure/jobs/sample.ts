import { randomUUID } from "node:crypto";
import fs from "node:fs";
import path from "node:path";
import { type SampleAzure, startSampleAzure } from "../arm/sample.ts";
import { workspaceResource } from "../arm/resources.ts";
import { type Lab, labHosts, startLab } from "../lab.ts";
import { startStorage, type Storage } from "../storage/storage.ts";
import { endpointHost, type LabJobs, startJobs } from "./jobs.ts";
import { generatedOutput, writeScript } from "./scripts.ts";

export type JobsLab = {
  readonly lab: Lab;
  readonly azure: SampleAzure;
  readonly storage: Storage;
  readonly jobs: LabJobs;
  /** What a terminal has to know, to be signed in as an application. */
  readonly environment: Readonly<Record<string, string>>;
  /** Throws when a request broke Azure's contract. */
  readonly close: () => Promise<void>;
};

const names = ["generated", "custom", "lines", "silent", "talking", "moody"] as const;
export const application = { clientId: randomUUID(), secret: "Secret~of-the-application" };

/**
 * A lab whose workspace `lab` has an endpoint `sums` with a deployment for each of the sample scripts, `generated` the default,
 * and Azurite behind the default datastore. `published`: endpoints that may be made there, and then run. `login`: where users sign in.
 */
export async function startJobsLab(
  folder: string,
  published: readonly string[] = [],
  login: string = labHosts.login,
): Promise<JobsLab> {
  const hosts = ["sums", ...published].map(endpointHost);
  const lab = await startLab(folder, { applications: [application], hosts, login });
  const azure = startSampleAzure(lab);
  const storage = await startStorage(lab, folder);
  const { make, arm } = azure;
  const { subscription, resource_group } = azure.place;
  const accounts = `/subscriptions/${subscription}/resourceGroups/${resource_group}/providers/Microsoft.Storage/storageAccounts`;
  arm.put(
    workspaceResource(azure.place, { storageAccount: `${accounts}/${storage.place.accountName}` }),
    make.endpoint("sums", {
      defaults: { deploymentName: "generated" },
      scoringUri: `https://${endpointHost("sums")}:${lab.server.port}/jobs`,
    }),
    make.blobDatastore("workspaceblobstore", { isDefault: true, ...storage.place }),
    // What jobs leave behind lies in the same container here, in a folder of its own.
    make.blobDatastore("workspaceartifactstore", { isDefault: false, ...storage.place }),
    ...[...names, "echo"].map((name) =>
      make.modelDeployment("sums", name, {
        errorThreshold: -1,
        properties: ["generated", "moody"].includes(name)
          ? { "batchdeck.output": generatedOutput, "batchdeck.scorer": "0a" }
          : {},
      }),
    ),
  );
  const jobs = startJobs({
    ...{ lab, arm, make, place: azure.place, folder: path.join(folder, "nodes") },
    blobs: storage,
    deployments: [...names, "echo" as const].map((name) => {
      const own = path.join(folder, "deployments", name);
      const modelFolder = path.join(own, "model");
      fs.mkdirSync(modelFolder, { recursive: true });
      const common = { endpoint: "sums", name, script: "score.py", modelFolder };
      if (name === "echo") return { ...common, codeFolder: own, results: echo };
      return { ...common, codeFolder: writeScript(path.join(own, "code"), name) };
    }),
  });
  return {
    ...{ lab, azure, storage, jobs },
    environment: {
      BATCHDECK_CLOUD: lab.cloudFile,
      AZURE_TENANT_ID: lab.tenant,
      AZURE_CLIENT_ID: application.clientId,
      AZURE_CLIENT_SECRET: application.secret,
    },
    async close() {
      await storage.close();
      await lab.close();
    },
  };
}

/** The names of the files. */
export function echo(files: readonly string[]): Readonly<Record<string, string>> {
  return { "predictions.csv": files.map((file) => `${file} ok\n`).join("") };
}

/** Tables of the endpoint `sums`: so many files of so many rows each; every seventh row of a file has a word. */
export function writeTables(folder: string, files: number, rows: number): string {
  fs.mkdirSync(folder, { recursive: true });
  for (let file = 0; file < files; file += 1) {
    const lines = Array.from({ length: rows }, (_, row) => {
      const isWrong = (file + row) % 7 === 6;
      return `${file}-${row},${isWrong ? "word" : row},${file}.5`;
    });
    fs.writeFileSync(path.join(folder, `t${String(file).padStart(3, "0")}.csv`), `id,a,b\n${lines.join("\n")}\n`);
  }
  return folder;
}
