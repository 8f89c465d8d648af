import path from "node:path";
import { afterAll, expect, it } from "vitest";
import type { JobSpec } from "../../../../electron/contract/nouns/job-spec.ts";
import { retryOf } from "../../../../electron/jobs/submit/retry-failed.ts";
import { openRegistry } from "../../../../electron/registry/open-registry.ts";
import { azureSpec } from "../../../helpers/engine/azure-specs.ts";
import { temporaryFolder } from "../../../helpers/places.ts";
import { valueOf } from "../../../helpers/value-of.ts";

const folder = temporaryFolder("azure-retry-names");
const registry = valueOf(openRegistry(path.join(folder, "registry.db")));
afterAll(() => registry.close());

const steps = [
  ["Queued", "Preparing"],
  ["Preparing", "Running"],
  ["Running", "Finalizing"],
  ["Finalizing", "Completed"],
] as const;

function complete(spec: JobSpec): void {
  valueOf(registry.jobs.add(spec));
  for (const [from, to] of steps) registry.jobs.move(spec.name, [from], to, null);
}

function nextRetry(): JobSpec {
  const job = registry.jobs.find("sums");
  if (job === null) throw new Error("It was added.");
  return retryOf(registry, job);
}

it("a retry in Azure gets neither the name nor the folder of a deleted one whose results still count", () => {
  const place = { subscription: "s", resource_group: "g", workspace: "w" };
  const datastore = { name: "d", protocol: "https", accountName: "a", endpoint: "e", containerName: "c" };
  complete(
    azureSpec({
      ...{ name: "sums", endpoint: "sums", deployment: "blue", input: folder, output: path.join(folder, "out") },
      azure: { cloud: "Lab", place, datastore },
    }),
  );
  complete(nextRetry());
  complete(nextRetry());
  registry.jobs.remove("sums-retry-1");

  const earlier = [
    { job: "sums", folder: "azure" },
    { job: "sums-retry-1", folder: "azure-retry-1" },
    { job: "sums-retry-2", folder: "azure-retry-2" },
  ];
  expect(nextRetry()).toMatchObject({ name: "sums-retry-3", azure: { folder: "azure-retry-3", earlier } });
});
