import fs from "node:fs";
import path from "node:path";
import { describe, expect, it } from "vitest";
import { azureDeploymentSchema, azureEndpointSchema, azureJobSchema } from "../../../electron/contract/views/azure.ts";
import { isPathName, readId, referenceTo } from "../../../electron/remote/azureml/addresses.ts";
import { deployment } from "../../../electron/remote/azureml/nouns/deployments.ts";
import { endpoint } from "../../../electron/remote/azureml/nouns/endpoints.ts";
import { jobIn } from "../../../electron/remote/azureml/nouns/jobs.ts";
import { duration, snakeCase } from "../../../electron/remote/azureml/nouns/resource.ts";

const place = { subscription: "s", resource_group: "g", workspace: "w" };
const workspaceId = "/subscriptions/s/resourceGroups/g/providers/Microsoft.MachineLearningServices/workspaces/w";

/** Answers as Azure's specification gives them as examples; they lie beside a checkout, if at all. */
const published = path.join(import.meta.dirname, "../../../../shared/contracts");
const cases = [
  ["arm.BatchEndpoint.createOrUpdate.json", endpoint, azureEndpointSchema],
  ["arm.BatchEndpoint.list.json", endpoint, azureEndpointSchema],
  ["arm.BatchDeployment.createOrUpdate.json", deployment, azureDeploymentSchema],
  ["arm.PipelineJob.get.json", jobIn(place), azureJobSchema],
] as const;

describe.runIf(fs.existsSync(published))("answers of the specification", () => {
  it.each(cases)("are read: %s", (file, schema, view) => {
    const { responses } = JSON.parse(fs.readFileSync(path.join(published, file), "utf8"));
    for (const { body } of Object.values<{ body: { value?: unknown[] } }>(responses)) {
      for (const resource of body.value ?? [body]) {
        const read = schema.safeParse(resource);
        expect(read.error?.issues).toBeUndefined();
        expect(view.safeParse(read.data).error?.issues).toBeUndefined();
      }
    }
  });
});

describe("an answer", () => {
  it("has the names of its variables and not their values, which may be secrets", () => {
    const id = `${workspaceId}/batchEndpoints/churn/deployments/blue`;
    const read = deployment.parse({ id, name: "blue", properties: { environmentVariables: { KEY: "Secret~" } } });
    expect(JSON.stringify(read)).not.toContain("Secret~");
    expect(read).toMatchObject({ settings: { environment_variables: { KEY: "(not shown)" } } });
  });

  it("with only what has to be there is read, with Azure's defaults", () => {
    const id = `${workspaceId}/batchEndpoints/churn/deployments/blue`;
    const read = deployment.parse({ id, name: "blue", properties: {} });
    expect(read).toMatchObject({
      ...{ type: "model", endpoint_name: "churn", model: null, compute: null, resources: { instance_count: 1 } },
      settings: {
        ...{ mini_batch_size: 10, max_concurrency_per_instance: 1, error_threshold: -1, output_action: "append_row" },
        retry_settings: { max_retries: 3, timeout: 30 },
      },
    });
    expect(azureDeploymentSchema.parse(read)).toEqual(read);
  });

  it("with keys that are new, and tags that are no texts, is read", () => {
    const properties = { authMode: "aadToken", color: "red" };
    const read = endpoint.parse({ id: "x", name: "churn", tags: { a: 1, b: null }, properties, later: true });
    expect(read).toMatchObject({ auth_mode: "aad_token", tags: { a: "1", b: "null" }, defaults: {}, created_at: null });
  });
});

describe("an id of Azure's", () => {
  it("is read whatever its case, and names what lies in the workspace", () => {
    expect(readId(workspaceId.toUpperCase())?.place).toEqual({
      subscription: "S",
      resource_group: "G",
      workspace: "W",
    });
    expect(referenceTo(`${workspaceId}/models/net/versions/3`)).toBe("azureml:net:3");
    expect(referenceTo(`${workspaceId}/computes/cpu`)).toBe("azureml:cpu");
    const registry = "azureml://registries/azureml/models/net/versions/1";
    expect(referenceTo(registry)).toBe(registry);
    expect(readId(`${workspaceId.replace("Services", "Servicesx")}/models`)).toBeNull();
  });

  it.each(["..", ".", "a/b", "a\\b", "a?b", "a#b", "%2e%2e", "", "a\u0000", "x".repeat(261)])(
    "is made of no name that leads elsewhere: %j",
    (name) => expect(isPathName(name)).toBe(false),
  );

  it.each(["lab", "my_rg-1.x", "Größe (2)", "..."])("may have the name %j", (name) => {
    expect(isPathName(name)).toBe(true);
  });
});

it.each([
  ["AADToken", "aad_token"],
  ["AppendRow", "append_row"],
  ["AzureDataLakeGen2", "azure_data_lake_gen2"],
  ["MLFlowModel", "mlflow_model"],
  ["uri_folder", "uri_folder"],
  ["MLTable", "mltable"],
])("%s is %s in Azure's YAML files", (word, spelt) => expect(snakeCase(word)).toBe(spelt));

it.each([
  ["PT30S", 30],
  ["PT5M", 300],
  ["P1DT2H", 93_600],
  ["PT1.5S", 1.5],
])("%s is %d seconds", (text, seconds) => expect(duration.parse(text)).toBe(seconds));
