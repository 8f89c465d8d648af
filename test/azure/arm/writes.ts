import { type Answer, type Asked, Violation } from "../server.ts";
import { bodies } from "./bodies.ts";
import type { LongOperations } from "./long-operations.ts";
import type { Operation } from "./operations.ts";
import type { Resource } from "./resources.ts";

type Store = Map<string, Resource>;
type Body = { readonly location?: string; readonly tags?: object; readonly properties?: Record<string, unknown> };

/** Writes to the workspaces of the stand-in: strict about what comes in, and with Azure's rules for what becomes of it. */
export function createWrites(resources: Store, long: LongOperations, port: number) {
  const now = () => new Date().toISOString();

  function resourceOf(path: string, body: Body, properties: object): Resource {
    const parts = path.split("/");
    const before = resources.get(path.toLowerCase());
    const kinds = parts.slice(9).filter((_part, at) => at % 2 === 0);
    const createdAt = before?.systemData.createdAt ?? now();
    return {
      id: path,
      name: parts.at(-1) ?? "",
      type: ["Microsoft.MachineLearningServices/workspaces", ...kinds].join("/"),
      ...body,
      systemData: { createdAt, createdBy: "Eva", createdByType: "User", lastModifiedAt: now() },
      properties: { ...body.properties, ...properties },
    } as Resource;
  }

  const keep = (resource: Resource) => void resources.set(resource.id.toLowerCase(), resource);

  /** Makes or changes what takes its time. */
  function begin(path: string, body: Body, computed: object = {}): Answer {
    if (long.isAtWork(path)) return busy();
    const isNew = !resources.has(path.toLowerCase());
    const resource = resourceOf(path, body, { ...computed, provisioningState: isNew ? "Creating" : "Updating" });
    const begun = long.begin(path, (state) => {
      const there = resources.get(path.toLowerCase());
      if (there !== undefined) keep({ ...there, properties: { ...there.properties, provisioningState: state } });
    });
    const properties = resource.properties["properties"] ?? {};
    const told = begun.told === "body" ? { properties: { ...properties, AzureAsyncOperationUri: begun.url } } : {};
    const kept = { ...resource, properties: { ...resource.properties, ...told } };
    keep(kept);
    if (begun.told === "location") return { status: 202, headers: begun.headers };
    return { status: isNew ? 201 : 200, headers: begun.headers, body: kept };
  }

  function remove(path: string): Answer {
    if (!resources.has(path.toLowerCase())) return { status: 204 };
    if (long.isAtWork(path)) return busy();
    const there = resources.get(path.toLowerCase());
    const stateIs = (state: string) => {
      if (there !== undefined) keep({ ...there, properties: { ...there.properties, provisioningState: state } });
    };
    stateIs("Deleting");
    const begun = long.begin(path, (state) => {
      if (state === "Failed") return stateIs(state);
      for (const id of [...resources.keys()])
        if (id === path.toLowerCase() || id.startsWith(`${path.toLowerCase()}/`)) resources.delete(id);
    });
    return { status: 202, headers: begun.headers };
  }

  function putEndpoint(path: string, body: Body): Answer {
    const name = path.split("/").at(-1) ?? "";
    const { deploymentName } = (body.properties?.["defaults"] ?? {}) as { readonly deploymentName?: string };
    if (deploymentName !== undefined && !resources.has(`${path}/deployments/${deploymentName}`.toLowerCase()))
      return error(400, "BadArgument", `There is no deployment ${deploymentName}.`);
    return begin(path, body, {
      defaults: body.properties?.["defaults"] ?? null,
      scoringUri: `https://${name}.westeurope.inference.lab.test:${port}/jobs`,
      swaggerUri: `https://${name}.westeurope.inference.lab.test:${port}/openapi.json`,
    });
  }

  function putDeployment(path: string, body: Body): Answer {
    const own = body.properties as {
      readonly model?: { readonly assetId: string };
      readonly codeConfiguration?: { readonly codeId?: string };
      readonly environmentId?: string;
      readonly compute?: string;
      readonly outputAction?: string;
      readonly outputFileName?: string;
    };
    if (own.outputAction === "SummaryOnly" && own.outputFileName !== undefined)
      throw new Violation("output_file_name means nothing with summary_only");
    const named = [own.model?.assetId, own.codeConfiguration?.codeId, own.environmentId, own.compute];
    const missing = named.find((id) => id !== undefined && !resources.has(id.toLowerCase()));
    if (missing !== undefined) return error(400, "BadArgument", `There is no ${missing}.`);
    return begin(path, body);
  }

  /** Versions are made at once, and never change what they hold. */
  function putVersion(operation: string, path: string, body: Body): Answer {
    const [name = "", , version = ""] = path.split("/").slice(-3);
    if (!/^[a-zA-Z0-9][-\w]{0,254}$/.test(name)) throw new Violation(`"${name}" is no name of an asset`);
    if (operation === "ModelVersions_CreateOrUpdate" && !/^[1-9]\d{0,8}$/.test(version))
      return error(400, "UserError", "The version of a model must be a positive integer.");
    const before = resources.get(path.toLowerCase());
    const held = ["modelUri", "modelType", "codeUri", "image", "condaFile", "dataUri", "dataType"];
    if (before !== undefined && held.some((key) => before.properties[key] !== body.properties?.[key]))
      return error(409, "Conflict", "A version that is there cannot be changed.");
    const container = path.split("/").slice(0, -2).join("/");
    keep(resourceOf(container, {}, { description: "", tags: {}, properties: {}, latestVersion: version }));
    const resource = resourceOf(path, body, {});
    keep(resource);
    return { status: before === undefined ? 201 : 200, body: resource };
  }

  function patchDeployment(path: string, body: Body): Answer {
    const before = resources.get(path.toLowerCase());
    if (before === undefined) return error(404, "UserError", "It was not found.");
    if (long.isAtWork(path)) return busy();
    const { tags = before.tags } = body;
    const changed = resourceOf(path, { ...before, tags } as Body, { ...before.properties, ...body.properties });
    keep(changed);
    return { status: 200, body: changed };
  }

  function cancelJob(path: string): Answer {
    const id = path.replace(/\/cancel$/i, "");
    const job = resources.get(id.toLowerCase());
    if (job === undefined) return error(404, "UserError", "It was not found.");
    const isOver = ["Completed", "Failed", "Canceled"].includes(String(job.properties["status"]));
    if (isOver) return error(400, "UserError", "The job has ended.");
    keep({ ...job, properties: { ...job.properties, status: "CancelRequested" } });
    return { status: 202, headers: { location: `https://elsewhere.test${id}` } };
  }

  return (operation: Operation, { url, body, headers }: Asked): Answer => {
    const path = decodeURIComponent(url.pathname);
    if (operation.method === "DELETE" || operation.method === "POST") {
      if (body !== "") throw new Violation(`${operation.id} takes no body`);
      return operation.id === "Jobs_Cancel" ? cancelJob(path) : remove(path);
    }
    if (headers["content-type"] !== "application/json") throw new Violation(`it is ${headers["content-type"]}`);
    const schema = bodies[operation.id as keyof typeof bodies];
    const parsed = schema.safeParse(JSON.parse(body));
    if (!parsed.success) throw new Violation(`${operation.id}: ${parsed.error.message}`);
    const sent = parsed.data as Body;
    switch (operation.id) {
      case "BatchEndpoints_CreateOrUpdate":
        return putEndpoint(path, sent);
      case "BatchDeployments_CreateOrUpdate":
        return putDeployment(path, sent);
      case "BatchDeployments_Update":
        return patchDeployment(path, sent);
      default:
        return putVersion(operation.id, path, sent);
    }
  };
}

function busy(): Answer {
  return error(409, "Conflict", "Another operation is at work on it.");
}

function error(status: number, code: string, message: string): Answer {
  return { status, body: { error: { code, message } } };
}
