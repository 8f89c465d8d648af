import path from "node:path";
import { failure, type Result, success } from "../contract/problem.ts";
import type { DeploymentRecord } from "../registry/deployments.repository.ts";
import type { Registry } from "../registry/open-registry.ts";
import { ensureCompute, showDeployment } from "./deployments.ts";
import { tagOf } from "./endpoints.ts";
import { recordYaml } from "./export-deployment.ts";
import { runnableDeployment } from "./runnable-deployment.ts";
import { deploymentFromYaml, workersProperty } from "./yaml/deployment-file.ts";
import { withEdits } from "./yaml/file-edits.ts";
import { parseYaml, type YamlFile } from "./yaml/read-yaml.ts";

export type ChangedDeployment = { readonly deployment: DeploymentRecord; readonly notices: readonly string[] };

type Properties = Readonly<Record<string, string>>;

/**
 * What can be changed without the file: `description`, `tags.NAME`, `properties.NAME`, `compute`, `resources.instance_count`
 * and `settings.…`. The model, the code and the environment stay as they were copied. Problems as `showDeployment`;
 * usage/invalid for any other key or a value that its key does not take.
 */
export function changeDeployment(
  registry: Registry,
  endpointName: string,
  name: string,
  set: Properties,
): Result<ChangedDeployment> {
  return registry.transaction(() => {
    const found = showDeployment(registry, endpointName, name);
    if (!found.ok) return found;
    const described: Record<string, string> = {};
    const others: Record<string, string> = {};
    for (const [key, value] of Object.entries(set)) {
      if (key === "description" || tagOf(key) !== null) described[key] = value;
      else if (/^(settings|properties|resources)\.|^compute$/.test(key)) others[key] = value;
      else return failure("usage/invalid:deployment-key", { key });
    }
    const changed = withSettings(registry, found.value, others);
    if (!changed.ok) return changed;
    const deployment = registry.deployments.save(withDescription(changed.value.deployment, described));
    return success({ ...changed.value, deployment });
  });
}

function withDescription(deployment: DeploymentRecord, described: Properties): DeploymentRecord {
  let { source } = deployment;
  for (const [key, value] of Object.entries(described)) {
    const tag = tagOf(key);
    source =
      tag === null
        ? { ...source, [key]: value }
        : { ...source, tags: { ...(source["tags"] as object | undefined), [tag]: value } };
  }
  return { ...deployment, source };
}

const countKeys = ["settings.max_concurrency_per_instance", "settings.instance_count", "resources.instance_count"];

/** One that used every core does so no longer when a count is given; `settings.instance_count` is the same count. */
function withCounts(yaml: YamlFile, set: Properties): YamlFile {
  if (!countKeys.some((key) => Object.hasOwn(set, key))) return yaml;
  const { resources, properties = {}, ...value } = yaml.value as { resources: unknown; properties?: Properties };
  const { [workersProperty]: _allCores, ...others } = properties;
  const counted = Object.hasOwn(set, "settings.instance_count") ? {} : { resources };
  return { ...yaml, value: { ...value, ...counted, properties: others } };
}

/** Read as the file that the deployment would be exported as, so that one set of rules says what a setting may be. */
function withSettings(registry: Registry, deployment: DeploymentRecord, set: Properties): Result<ChangedDeployment> {
  if (Object.keys(set).length === 0) return success({ deployment, notices: [] });
  const yaml = parseYaml(recordYaml(deployment), path.resolve("deployment.yml"), "deployment/invalid");
  if (!yaml.ok) return yaml;
  const edited = withEdits(withCounts(yaml.value, set), { set, options: {} });
  if (!edited.ok) return edited;
  const read = deploymentFromYaml(edited.value);
  if (!read.ok) return read;
  const file = runnableDeployment(read.value);
  if (!file.ok) return file;
  const { settings, properties, computeName, source } = file.value;
  const compute = ensureCompute(registry, computeName ?? deployment.computeName);
  const changedSource = { ...deployment.source, properties: source["properties"], resources: source["resources"] };
  return success({
    deployment: { ...deployment, settings, properties, computeName: compute.name, source: changedSource },
    notices: compute.notices,
  });
}
