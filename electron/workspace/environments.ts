import type { EnvironmentView } from "../contract/views/environment.ts";
import { type Result, success } from "../contract/problem.ts";
import {
  createEnvironment,
  deleteEnvironment,
  environmentView,
  showEnvironment,
} from "../deployments/scripts/environments.ts";
import { type EnvironmentFile, readEnvironmentFile } from "../deployments/yaml/asset-files.ts";
import type { FileEdits } from "../deployments/yaml/file-edits.ts";
import type { WorkspaceContext } from "./context.ts";

export type Environments = {
  /** By name. */
  readonly list: () => readonly EnvironmentView[];
  /** Problem: environment/not-found. */
  readonly show: (name: string) => Result<EnvironmentView>;
  /** Azure ML's file of an environment, with what goes before it. Problem: usage/invalid. */
  readonly readFile: (file: string, edits: FileEdits) => Promise<Result<EnvironmentFile>>;
  /** `python`: a path, or a command that is looked up now; null: Node. Problems: environment/invalid, environment/in-use. */
  readonly create: (request: {
    readonly name: string;
    readonly python: string | null;
  }) => Promise<Result<{ readonly environment: EnvironmentView; readonly isNew: boolean }>>;
  /** Problems: environment/not-found, environment/in-use. */
  readonly delete: (name: string) => Result<null>;
};

export function createEnvironments({ registry, changed }: WorkspaceContext): Environments {
  return {
    list: () => registry.environments.list().map(environmentView),
    show(name) {
      const found = showEnvironment(registry, name);
      return found.ok ? success(environmentView(found.value)) : found;
    },
    readFile: readEnvironmentFile,
    async create(request) {
      const made = await createEnvironment(registry, request);
      if (!made.ok) return made;
      changed();
      return success({ environment: environmentView(made.value.environment), isNew: made.value.isNew });
    },
    delete(name) {
      const deleted = deleteEnvironment(registry, name);
      if (deleted.ok) changed();
      return deleted;
    },
  };
}
