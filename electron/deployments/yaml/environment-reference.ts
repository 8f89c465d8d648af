import path from "node:path";
import { isMap } from "./tidy-settings.ts";

/** What a deployment file calls its environment. */
export type EnvironmentReference = {
  /** By which a choice is remembered, and as sentences show it. */
  readonly reference: string;
  /** The name without version and registry; null when it is only an image. */
  readonly name: string | null;
  /** Name of the file of packages that the environment should have; kept, never installed here. */
  readonly condaFile: string | null;
};

/** Azure's forms: `azureml:NAME:VERSION`, `azureml:NAME@LABEL`, an address of a registry or a workspace, or inline. */
export function environmentReference(environment: unknown): EnvironmentReference | null {
  if (typeof environment === "string") {
    const [, address = null] = /\/environments\/([^/]+)/.exec(environment) ?? [];
    const bare = environment.replace(/^azureml:(?!\/)/, "").replace(/[:@].*$/, "");
    return { reference: environment, name: address ?? bare, condaFile: null };
  }
  if (!isMap(environment)) return null;
  const text = (key: string): string | null => {
    const value = environment[key];
    return typeof value === "string" && value !== "" ? value : null;
  };
  const name = text("name");
  const named = text("conda_file");
  const inline = isMap(environment["conda_file"]) ? "its own conda_file" : null;
  const condaFile = named === null ? inline : path.basename(named);
  return { reference: name ?? text("image") ?? condaFile ?? "without a name", name, condaFile };
}
