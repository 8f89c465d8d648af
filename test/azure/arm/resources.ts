import type { AzurePlace } from "../../../electron/contract/views/azure.ts";

/** A resource as Azure Resource Manager answers it. */
export type Resource = {
  readonly id: string;
  readonly name: string;
  readonly type: string;
  readonly location?: string;
  readonly tags?: Readonly<Record<string, string>>;
  readonly systemData: Readonly<Record<"createdAt" | "createdBy" | "createdByType" | "lastModifiedAt", string>>;
  readonly properties: Readonly<Record<string, unknown>>;
};

const type = "Microsoft.MachineLearningServices/workspaces";

function madeAt(minute: number): Resource["systemData"] {
  const createdAt = new Date(Date.UTC(2026, 0, 5, 8, minute)).toISOString();
  return { createdAt, createdBy: "Eva", createdByType: "User", lastModifiedAt: createdAt };
}

function idOf({ subscription, resource_group, workspace }: AzurePlace): string {
  return `/subscriptions/${subscription}/resourceGroups/${resource_group}/providers/${type}/${workspace}`;
}

export function workspaceResource(place: AzurePlace, properties: object = {}): Resource {
  return {
    id: idOf(place),
    name: place.workspace,
    type,
    location: "westeurope",
    tags: {},
    systemData: madeAt(0),
    properties: { friendlyName: place.workspace, description: "", hbiWorkspace: false, ...properties },
  };
}

/** Makes what lies in a workspace; each is a minute younger than the one before. */
export function resourcesOf(place: AzurePlace) {
  let minute = 0;

  function resource(path: string, properties: object, envelope: object = {}): Resource {
    minute += 1;
    const parts = path.split("/");
    const kinds = parts.filter((_part, at) => at % 2 === 0);
    const id = `${idOf(place)}/${path}`;
    const name = parts.at(-1) ?? "";
    const resourceType = [type, ...kinds].join("/");
    return { id, name, type: resourceType, systemData: madeAt(minute), properties: { ...properties }, ...envelope };
  }

  const tracked = { location: "westeurope", tags: { team: "risk" } };
  return {
    endpoint: (name: string, properties: object = {}) =>
      resource(
        `batchEndpoints/${name}`,
        {
          description: `Scores ${name}`,
          properties: {},
          authMode: "AADToken",
          defaults: { deploymentName: "blue" },
          scoringUri: `https://${name}.westeurope.inference.lab.test/jobs`,
          swaggerUri: null,
          provisioningState: "Succeeded",
          ...properties,
        },
        tracked,
      ),
    modelDeployment: (endpoint: string, name: string, properties: object = {}) =>
      resource(
        `batchEndpoints/${endpoint}/deployments/${name}`,
        {
          description: "",
          properties: {},
          provisioningState: "Succeeded",
          compute: `${idOf(place)}/computes/cpu-cluster`,
          model: { referenceType: "Id", assetId: `${idOf(place)}/models/net/versions/3` },
          environmentId: `${idOf(place)}/environments/onnx/versions/2`,
          codeConfiguration: { codeId: `${idOf(place)}/codes/abc/versions/1`, scoringScript: "score.py" },
          environmentVariables: {},
          errorThreshold: 5,
          loggingLevel: "Info",
          maxConcurrencyPerInstance: 2,
          miniBatchSize: 20,
          outputAction: "AppendRow",
          outputFileName: "predictions.csv",
          resources: { instanceCount: 3, instanceType: null, properties: {} },
          retrySettings: { maxRetries: 1, timeout: "PT5M" },
          ...properties,
        },
        tracked,
      ),
    pipelineDeployment: (endpoint: string, name: string) =>
      resource(
        `batchEndpoints/${endpoint}/deployments/${name}`,
        {
          description: "",
          properties: {},
          provisioningState: "Succeeded",
          errorThreshold: -1,
          miniBatchSize: 10,
          outputFileName: "predictions.csv",
          deploymentConfiguration: {
            deploymentConfigurationType: "PipelineComponent",
            componentId: { referenceType: "Id", assetId: `${idOf(place)}/components/score_all/versions/1` },
            settings: { ContinueOnStepFailure: "True", default_compute: "cpu-cluster" },
            description: null,
            tags: null,
          },
        },
        tracked,
      ),
    cluster: (name: string, properties: object = {}) =>
      resource(
        `computes/${name}`,
        {
          computeType: "AmlCompute",
          description: "",
          provisioningState: "Succeeded",
          properties: {
            vmSize: "STANDARD_DS3_V2",
            vmPriority: "LowPriority",
            scaleSettings: { maxNodeCount: 4, minNodeCount: 0, nodeIdleTimeBeforeScaleDown: "PT120S" },
            ...properties,
          },
        },
        { location: "westeurope" },
      ),
    computeInstance: (name: string) =>
      resource(`computes/${name}`, {
        computeType: "ComputeInstance",
        provisioningState: "Succeeded",
        properties: { vmSize: "STANDARD_DS3_V2", state: "Stopped" },
      }),
    blobDatastore: (name: string, properties: object = {}) =>
      resource(`datastores/${name}`, {
        datastoreType: "AzureBlob",
        description: null,
        tags: {},
        properties: null,
        isDefault: false,
        accountName: "labstore",
        containerName: "data",
        endpoint: "core.lab.test",
        protocol: "https",
        credentials: { credentialsType: "AccountKey", secrets: { secretsType: "AccountKey" } },
        ...properties,
      }),
    container: (folder: string, name: string, latestVersion: string | null, properties: object = {}) =>
      resource(`${folder}/${name}`, { description: "", tags: {}, properties: {}, latestVersion, ...properties }),
    version: (folder: string, name: string, version: string, properties: object) =>
      resource(`${folder}/${name}/versions/${version}`, {
        description: "",
        tags: {},
        properties: {},
        isAnonymous: false,
        ...properties,
      }),
    job: (name: string, properties: object = {}) =>
      resource(`jobs/${name}`, {
        jobType: "Pipeline",
        status: "Completed",
        displayName: name,
        experimentName: "churn",
        description: null,
        tags: { "azureml.batchrun": "true" },
        properties: {},
        services: { Studio: { jobServiceType: "Studio", endpoint: `https://studio.lab.test/runs/${name}` } },
        computeId: null,
        inputs: {},
        outputs: {},
        ...properties,
      }),
  };
}
