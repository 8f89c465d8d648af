import path from "node:path";
import type { YamlFile } from "./read-yaml.ts";
import { isMap } from "./tidy-settings.ts";

/** A path that a YAML names, relative to the YAML, as an absolute one; null when it names a place that is not here (`azureml:…`, `https:…`). */
export function localPath(yamlFile: string, named: string): string | null {
  if (named.includes(":") && !path.isAbsolute(named)) return null;
  return path.resolve(path.dirname(yamlFile), named);
}

/**
 * A deployment file's content with its relative paths made absolute, so that it means the same wherever it is written
 * out again. What names something else than a local path stays as it is.
 */
export function withAbsolutePaths(yaml: YamlFile): Readonly<Record<string, unknown>> {
  const absolute = (value: unknown): unknown =>
    typeof value === "string" ? (localPath(yaml.file, value) ?? value) : value;
  const at = (value: unknown, keys: readonly string[]): unknown => {
    if (!isMap(value)) return value;
    return Object.fromEntries(
      Object.entries(value).map(([key, entry]) => [key, keys.includes(key) ? absolute(entry) : entry]),
    );
  };
  const source: Record<string, unknown> = { ...yaml.value };
  source["model"] = at(source["model"], ["path"]);
  source["environment"] = at(source["environment"], ["conda_file"]);
  const { build } = isMap(source["environment"]) ? (source["environment"] as { build?: unknown }) : {};
  if (build !== undefined) source["environment"] = { ...(source["environment"] as object), build: at(build, ["path"]) };
  const code = source["code_configuration"];
  if (isMap(code)) source["code_configuration"] = { ...code, code: absolute(code["code"] ?? ".") };
  // A bare word is a component's name; a path has an ending.
  for (const key of ["component", "job_definition"]) {
    if (typeof source[key] === "string" && /\.ya?ml$/i.test(source[key])) source[key] = absolute(source[key]);
  }
  return Object.fromEntries(Object.entries(source).filter(([, value]) => value !== undefined));
}
