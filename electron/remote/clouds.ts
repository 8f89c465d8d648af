import fs from "node:fs";
import path from "node:path";
import * as z from "zod";
import { codeOf } from "../contract/errno.ts";
import { failure, type Result, success } from "../contract/problem.ts";
import { isHostPattern, isHttpsOrigin } from "./hosts.ts";

/** A URL of a service: https, a host, at most a port. */
const originSchema = z.string().refine(isHttpsOrigin, "must be https://HOST or https://HOST:PORT");
/** What a token is asked for: sent to the sign-in service, never opened. */
const resourceSchema = z.string().regex(/^https:\/\/[^\s/?#]+\/?$/, "must be https://HOST");

const cloudSchema = z.strictObject({
  name: z.string().regex(/^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/, "must be 1 to 64 letters, digits, -, _ and ."),
  authority: originSchema,
  resource_manager: originSchema,
  ml_resource: resourceSchema,
  resource_manager_resource: resourceSchema,
  storage_resource: resourceSchema,
  hosts: z.array(z.string().refine(isHostPattern, "must be HOST, HOST:PORT or *.SUFFIX")).min(1, "must name a host"),
  ca_file: z.string().min(1).optional(),
  resolve: z.record(z.string(), z.union([z.ipv4(), z.ipv6()])).optional(),
});

/** One of Microsoft's clouds, or another that speaks the same: where to sign in, and whom a token may be shown. */
export type Cloud = Readonly<{
  name: string;
  /** Where users sign in. */
  authority: string;
  /** Azure Resource Manager. */
  resource_manager: string;
  /** The three audiences that tokens are made for. */
  ml_resource: string;
  resource_manager_resource: string;
  storage_resource: string;
  /** The hosts that a token may be sent to: `host`, `host:port`, `*.suffix`. Without a port: 443. */
  hosts: readonly string[];
  /** A PEM file of certificate authorities that are trusted beside the usual ones. Absolute. */
  ca_file?: string | undefined;
  /** Addresses of hosts that the system's DNS does not know. */
  resolve?: Readonly<Record<string, string>> | undefined;
}>;

const storageResource = "https://storage.azure.com";

/** Those of Microsoft, by the names that `az cloud` has for them. */
export const builtInClouds: readonly Cloud[] = [
  {
    name: "AzureCloud",
    authority: "https://login.microsoftonline.com",
    resource_manager: "https://management.azure.com",
    ml_resource: "https://ml.azure.com",
    resource_manager_resource: "https://management.azure.com",
    storage_resource: storageResource,
    hosts: ["management.azure.com", "*.api.azureml.ms", "*.inference.ml.azure.com", "*.core.windows.net"],
  },
  {
    name: "AzureChinaCloud",
    authority: "https://login.chinacloudapi.cn",
    resource_manager: "https://management.chinacloudapi.cn",
    ml_resource: "https://ml.azure.cn",
    resource_manager_resource: "https://management.chinacloudapi.cn",
    storage_resource: storageResource,
    hosts: ["management.chinacloudapi.cn", "*.api.ml.azure.cn", "*.inference.ml.azure.cn", "*.core.chinacloudapi.cn"],
  },
  {
    name: "AzureUSGovernment",
    authority: "https://login.microsoftonline.us",
    resource_manager: "https://management.usgovcloudapi.net",
    ml_resource: "https://ml.azure.us",
    resource_manager_resource: "https://management.usgovcloudapi.net",
    storage_resource: storageResource,
    hosts: ["management.usgovcloudapi.net", "*.api.ml.azure.us", "*.inference.ml.azure.us", "*.core.usgovcloudapi.net"],
  },
];

/** A cloud file is a page of text; more is something else. */
const mostBytes = 1024 * 1024;

/**
 * The cloud that `--cloud`, `BATCHDECK_CLOUD` or an account names: a built-in one, or a JSON file. Null: Azure's public cloud.
 * Problem: azure/invalid-cloud.
 */
export function readCloud(nameOrFile: string | null): Result<Cloud> {
  const wanted = nameOrFile ?? "AzureCloud";
  const builtIn = builtInClouds.find(({ name }) => name.toLowerCase() === wanted.toLowerCase());
  if (builtIn !== undefined) return success(builtIn);
  const file = path.resolve(wanted);
  const text = readText(file);
  if (!text.ok) return text;
  const parsed = parseJson(text.value);
  if (parsed === undefined) return failure("azure/invalid-cloud:not-json", { file });
  const checked = cloudSchema.safeParse(parsed);
  if (!checked.success) {
    const [issue] = checked.error.issues;
    const key = issue?.code === "unrecognized_keys" ? issue.keys[0] : issue?.path.join(".");
    return failure("azure/invalid-cloud:key", { file, key: key || "{…}", fault: issue?.message ?? "" });
  }
  const { ca_file, ...rest } = checked.data;
  return success(ca_file === undefined ? rest : { ...rest, ca_file: path.resolve(path.dirname(file), ca_file) });
}

function readText(file: string): Result<string> {
  const names = builtInClouds.map(({ name }) => name);
  try {
    const stats = fs.statSync(file);
    if (!stats.isFile() || stats.size > mostBytes) return failure("azure/invalid-cloud:not-json", { file });
    return success(fs.readFileSync(file, "utf8"));
  } catch (error) {
    return failure("azure/invalid-cloud:file", { file, errno: codeOf(error), names });
  }
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text.replace(/^\uFEFF/, ""));
  } catch {
    return undefined;
  }
}
