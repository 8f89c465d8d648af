import { randomUUID } from "node:crypto";
import type { AzurePlace } from "../../../electron/contract/views/azure.ts";
import { type Lab, labHosts } from "../lab.ts";
import { type Arm, startArm } from "./arm.ts";
import { resourcesOf, workspaceResource } from "./resources.ts";

export type SampleAzure = {
  readonly arm: Arm;
  /** The workspace that holds everything. */
  readonly place: AzurePlace;
  /** Subscriptions by what they are for. */
  readonly research: string;
  readonly sandbox: string;
  /** Makes more in `place`. */
  readonly make: ReturnType<typeof resourcesOf>;
};

/**
 * Two subscriptions: one with the workspace `lab` and all that a workspace can hold, one with workspaces of which two are
 * called `twin`, in different resource groups.
 */
export function startSampleAzure(lab: Lab): SampleAzure {
  const [research, sandbox] = [randomUUID(), randomUUID()];
  const arm = startArm({
    server: lab.server,
    host: labHosts.management,
    read: (token) => lab.entra.read(token, lab.cloud.resource_manager_resource),
    subscriptions: [
      { id: research, name: "Research" },
      { id: sandbox, name: "Sandbox" },
    ],
  });
  const place = { subscription: research, resource_group: "risk-rg", workspace: "lab" };
  const twin = { subscription: sandbox, workspace: "twin" };
  const make = resourcesOf(place);
  arm.put(
    workspaceResource(place, { description: "Where models are tried" }),
    workspaceResource({ ...twin, resource_group: "north" }),
    workspaceResource({ ...twin, resource_group: "south" }),
    workspaceResource({ ...twin, workspace: "lonely", resource_group: "north" }),
    ...["churn", "fraud", "prices"].map((name) => make.endpoint(name)),
    make.endpoint("fresh", { defaults: null, provisioningState: "Creating" }),
    make.modelDeployment("churn", "blue"),
    make.pipelineDeployment("churn", "steps"),
    make.cluster("cpu-cluster"),
    make.computeInstance("evas-machine"),
    make.blobDatastore("workspaceblobstore", { isDefault: true }),
    make.blobDatastore("lake", { datastoreType: "AzureDataLakeGen2", containerName: undefined, filesystem: "raw" }),
    make.container("models", "net", "3"),
    ...["1", "2", "3"].map((version) =>
      make.version("models", "net", version, {
        modelType: "custom_model",
        modelUri: `azureml://models/net/${version}`,
      }),
    ),
    make.container("data", "customers", "1", { dataType: "uri_folder" }),
    make.version("data", "customers", "1", { dataType: "UriFolder", dataUri: "azureml://datastores/lake/paths/c/" }),
    make.container("environments", "onnx", "2"),
    make.version("environments", "onnx", "2", {
      osType: "Linux",
      image: "mcr.lab.test/onnx:2",
      environmentType: "UserCreated",
    }),
    make.version("codes", "abc", "1", { codeUri: "https://labstore.blob.lab.test/data/code" }),
    make.container("components", "score_all", "1"),
    make.version("components", "score_all", "1", { componentSpec: { type: "pipeline", name: "score_all" } }),
    make.job("run-1", { properties: { "azureml.endpointname": "churn", "azureml.deploymentname": "blue" } }),
    make.job("run-2", {
      properties: { "azureml.endpointname": "fraud", "azureml.deploymentname": "one" },
      status: "Running",
    }),
    make.job("run-3", {
      properties: { "azureml.endpointname": "churn", "azureml.deploymentname": "steps" },
      status: "Failed",
    }),
    make.job("train", { jobType: "Command", computeId: null }),
    make.job("old", { isArchived: true }),
  );
  return { arm, place, research, sandbox, make };
}
