/**
 * What Azure's published interfaces let a client ask: `Microsoft.Resources` 2022-12-01, `Microsoft.MachineLearningServices`
 * 2024-04-01, `Microsoft.Authorization` 2022-04-01.
 */
export type Operation = {
  /** As the specification calls it. */
  readonly id: string;
  readonly method: "GET" | "PUT" | "PATCH" | "POST" | "DELETE";
  readonly path: RegExp;
  readonly apiVersion: string;
  /** Parameters of the query beside `api-version`. */
  readonly query: readonly string[];
};

const provider = "providers/Microsoft.MachineLearningServices/workspaces";
const inSubscription = `/subscriptions/[^/]+/${provider}`;
const inGroup = `/subscriptions/[^/]+/resourceGroups/[^/]+/${provider}/[^/]+`;
const machineLearning = "2024-04-01";
const location = "providers/Microsoft.MachineLearningServices/locations/[^/]+";

const anyResource =
  "/subscriptions/[^/]+/resourceGroups/[^/]+/providers/Microsoft\\.[A-Za-z]+/[^/]+/[^/]+(/[^/]+/[^/]+)*";
const permissions = "providers/Microsoft\\.Authorization/permissions";

function get(id: string, path: string, query: readonly string[] = [], apiVersion = machineLearning): Operation {
  return { id, method: "GET", path: new RegExp(`^${path}$`), apiVersion, query };
}

function write(method: Operation["method"], id: string, path: string): Operation {
  return { id, method, path: new RegExp(`^${inGroup}/${path}$`), apiVersion: machineLearning, query: [] };
}

const paged = ["$skip"];
const containers = [...paged, "listViewType"];
const versions = [...paged, "$orderBy", "$top", "listViewType"];

function versioned(id: string, folder: string, more: readonly string[] = []): readonly Operation[] {
  return [
    get(`${id}Containers_List`, `${inGroup}/${folder}`, [...containers, ...more]),
    get(`${id}Versions_List`, `${inGroup}/${folder}/[^/]+/versions`, [...versions, ...more]),
    get(`${id}Versions_Get`, `${inGroup}/${folder}/[^/]+/versions/[^/]+`),
    write("PUT", `${id}Versions_CreateOrUpdate`, `${folder}/[^/]+/versions/[^/]+`),
  ];
}

export const operations: readonly Operation[] = [
  get("Subscriptions_List", "/subscriptions", [], "2022-12-01"),
  get("Workspaces_ListBySubscription", inSubscription, [...paged, "kind"]),
  get("Workspaces_Get", inGroup),
  get("BatchEndpoints_List", `${inGroup}/batchEndpoints`, [...paged, "count"]),
  get("BatchEndpoints_Get", `${inGroup}/batchEndpoints/[^/]+`),
  get("BatchDeployments_List", `${inGroup}/batchEndpoints/[^/]+/deployments`, [...paged, "$orderBy", "$top"]),
  get("BatchDeployments_Get", `${inGroup}/batchEndpoints/[^/]+/deployments/[^/]+`),
  get("Compute_List", `${inGroup}/computes`, paged),
  get("Compute_Get", `${inGroup}/computes/[^/]+`),
  get("Datastores_List", `${inGroup}/datastores`, [...paged, "count", "isDefault", "names", "searchText"]),
  get("Datastores_Get", `${inGroup}/datastores/[^/]+`),
  get("Jobs_List", `${inGroup}/jobs`, [...paged, "jobType", "tag", "listViewType", "properties"]),
  get("Jobs_Get", `${inGroup}/jobs/[^/]+`),
  get("Permissions_ListForResource", `${anyResource}/${permissions}`, paged, "2022-04-01"),
  ...versioned("Model", "models", ["count", "offset", "properties", "tags"]),
  ...versioned("Data", "data", ["$tags"]),
  ...versioned("Environment", "environments"),
  ...versioned("Component", "components"),
  ...versioned("Code", "codes"),
  write("PUT", "BatchEndpoints_CreateOrUpdate", "batchEndpoints/[^/]+"),
  write("DELETE", "BatchEndpoints_Delete", "batchEndpoints/[^/]+"),
  write("PUT", "BatchDeployments_CreateOrUpdate", "batchEndpoints/[^/]+/deployments/[^/]+"),
  write("PATCH", "BatchDeployments_Update", "batchEndpoints/[^/]+/deployments/[^/]+"),
  write("DELETE", "BatchDeployments_Delete", "batchEndpoints/[^/]+/deployments/[^/]+"),
  write("POST", "Jobs_Cancel", "jobs/[^/]+/cancel"),
  // Where an operation of Azure's is looked at: the address is its own, with a version that it chose itself.
  get("Operation", `/subscriptions/[^/]+/${location}/mfeOperation(sStatus|Results)/[^/]+`, [], "2023-04-01-preview"),
];
