import fs from "node:fs";
import path from "node:path";
import { describe, expect, it } from "vitest";
import { deploymentSettingsSchema } from "../../../electron/contract/nouns/deployment.ts";
import { deploymentBody, endpointBody, keptDeploymentSchema } from "../../../electron/remote/azureml/writes/bodies.ts";
import { deployment } from "../../../electron/remote/azureml/nouns/deployments.ts";
import { deploymentUpdate } from "../../../electron/workspace/azure/azure-requests.ts";
import { bodies } from "../../azure/arm/bodies.ts";

/** Azure's published examples of requests, where they are to be had. */
const published = path.join(import.meta.dirname, "../../../../shared/contracts");
const isThere = fs.existsSync(published);

function exampleOf(name: string): Record<string, unknown> {
  const example = JSON.parse(fs.readFileSync(path.join(published, name), "utf8")) as {
    readonly parameters: { readonly body: Record<string, unknown> };
  };
  return example.parameters.body;
}

const id =
  "/subscriptions/s/resourceGroups/g/providers/Microsoft.MachineLearningServices/workspaces/w/batchEndpoints/churn/deployments/blue";
const settings = deploymentSettingsSchema.parse({
  environment_variables: { A: "1" },
  instance_count: 3,
  retry_settings: { timeout: 90 },
});
const plan = { description: "", tags: {}, properties: { a: "b" }, settings, instanceType: "STANDARD_DS3_V2" };
const parts = {
  model: { referenceType: "Id", assetId: "/models/1" },
  code: { codeId: "/codes/1", scoringScript: "score.py" },
  environmentId: "/environments/1",
  computeId: "/computes/1",
};

describe("the body of a deployment", () => {
  it.skipIf(!isThere)("has no key that Azure's published example lacks", () => {
    const example = exampleOf("arm.BatchDeployment.createOrUpdate.json");
    const body = deploymentBody(null, "westeurope", plan, parts);
    expect(keysOf(example)).toEqual(expect.arrayContaining([...keysOf(body)]));
  });

  it("keeps what was there and is not said, and sends back nothing that Azure adds", () => {
    const kept = keptDeploymentSchema.parse({
      location: "northeurope",
      identity: { type: "SystemAssigned", principalId: "1" },
      properties: { properties: { old: "1", "azureml.x": "2", AzureAsyncOperationUri: "https://x.test" } },
    });
    const body = deploymentBody(kept, "westeurope", plan, { ...parts, code: null, environmentId: null });
    expect(body).toMatchObject({ location: "northeurope", identity: { type: "SystemAssigned" } });
    expect(body.identity).not.toHaveProperty("principalId");
    expect(body.properties.properties).toEqual({ old: "1", a: "b" });
    expect(body.properties).not.toHaveProperty("codeConfiguration");
    expect(bodies.BatchDeployments_CreateOrUpdate.safeParse(body).success).toBe(true);
  });

  it.each([
    ["settings.mini_batch_size", "5", { PASSWORD: "Secret~", "A.B": "1" }],
    ["settings.environment_variables.A.B", "2", { PASSWORD: "Secret~", "A.B": "2" }],
    ["settings.environment_variables", '{"C":"3"}', { C: "3" }],
    ["settings.environment_variables", '{"C":"(not shown)"}', {}],
  ])("of a deployment that %s was set of has the values that nobody is shown", (key, value, variables) => {
    const there = {
      id,
      name: "blue",
      location: "x",
      properties: { environmentVariables: { PASSWORD: "Secret~", "A.B": "1" } },
    };
    const update = deploymentUpdate(deployment.parse(there), { [key]: value });
    if (!update.ok || update.value.kind !== "whole") throw new Error("It is replaced whole.");
    expect(JSON.stringify(update)).not.toContain("Secret~");
    const { change } = update.value;
    const body = deploymentBody(keptDeploymentSchema.parse(there), "x", change, parts);
    expect(body.properties.environmentVariables).toEqual(variables);
  });

  it("of summary_only names no file", () => {
    const summary = deploymentSettingsSchema.parse({ output_action: "summary_only" });
    const body = deploymentBody(null, "westeurope", { ...plan, settings: summary }, parts);
    expect(body.properties).toMatchObject({ outputAction: "SummaryOnly", resources: { instanceCount: 1 } });
    expect(body.properties).not.toHaveProperty("outputFileName");
  });
});

describe("the stand-in for Azure", () => {
  it.skipIf(!isThere)("takes the published examples, and no key more", () => {
    const deployment = exampleOf("arm.BatchDeployment.createOrUpdate.json");
    expect(bodies.BatchDeployments_CreateOrUpdate.safeParse(deployment).error).toBeUndefined();
    expect(bodies.BatchDeployments_CreateOrUpdate.safeParse({ ...deployment, color: "blue" }).success).toBe(false);
    const endpoint = exampleOf("arm.BatchEndpoint.createOrUpdate.json");
    // The example's mode is one that batch endpoints do not have.
    const properties = { ...(endpoint["properties"] as object), authMode: "AADToken" };
    expect(bodies.BatchEndpoints_CreateOrUpdate.safeParse({ ...endpoint, properties }).error).toBeUndefined();
    expect(bodies.BatchEndpoints_CreateOrUpdate.safeParse(endpointBody(null, "westeurope", {})).success).toBe(true);
  });
});

/** `properties.retrySettings.timeout`; what a map of texts holds is its own. */
function keysOf(value: object, before = ""): readonly string[] {
  return Object.entries(value).flatMap(([key, inner]) => {
    const name = `${before}${key}`;
    const isMap = ["tags", "properties.properties", "properties.environmentVariables"].includes(name);
    return typeof inner === "object" && inner !== null && !isMap ? [name, ...keysOf(inner, `${name}.`)] : [name];
  });
}
