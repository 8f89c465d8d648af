import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { describe, expect, test } from "vitest";
import { parse } from "yaml";
import { createDeployment, exportDeployment } from "../../../electron/deployments/deployments.ts";
import { createEndpoint } from "../../../electron/deployments/endpoints.ts";
import { createModel } from "../../../electron/deployments/models/models.ts";
import { createEnvironment } from "../../../electron/deployments/scripts/environments.ts";
import { denseModel, writeModel } from "../../helpers/models/model-fixtures.ts";
import { englishWords } from "../../../electron/contract/words/english-problems.ts";
import { inFreshWorkspaces, folder, tools, deploy, stored } from "../../helpers/deployments/fresh-workspace.ts";

inFreshWorkspaces();

describe("Azure's own files", () => {
  // Beside the repository on machines that have them; our own of the same shapes everywhere.
  const folders = ["../../fixtures/azureml", "../../../../shared/contracts"].map((name) =>
    path.join(import.meta.dirname, name),
  );
  const published = folders
    .filter((place) => existsSync(place))
    .flatMap((place) => readdirSync(place).map((name) => path.join(place, name)))
    .filter((file) => /deployment.*\.yml$/.test(path.basename(file)));

  test.each(published.map((file) => [path.basename(file), file]))(
    "become deployments with a model of that name, or are refused for one thing: %s",
    async (_name, published) => {
      const source = parse(readFileSync(published, "utf8")) as {
        name: string;
        endpoint_name: string;
        model?: unknown;
        code_configuration?: { scoring_script: string };
      };
      await createEndpoint(tools.registry, { name: source.endpoint_name });
      const file = path.join(folder, "published/deployment.yml");
      mkdirSync(path.join(folder, "published/code"), { recursive: true });
      writeFileSync(file, readFileSync(published));
      const request = { file, endpointName: null, setDefault: false };
      const before = stored();
      const unknown = await createDeployment(tools, request);
      expect(unknown.ok).toBe(false);
      expect(stored()).toEqual(before);
      if (unknown.ok || unknown.problem.code === "deployment/unsupported") return;
      // A registered model that is not here, or a folder beside the file.
      expect(unknown.problem.code).toMatch(/^model\/(not-found|invalid)$/);

      const [, name = "", version = null] = /^azureml:([^:@]+)(?::(.+))?/.exec(String(source.model)) ?? [];
      writeModel(path.join(folder, "published/model"), denseModel());
      if (name !== "") await createModel(tools, { name, path: path.join(folder, "published/model"), version });
      const { scoring_script: script } = source.code_configuration ?? {};
      if (script !== undefined) {
        writeFileSync(
          path.join(folder, "published/code", script),
          "def init(): pass\ndef run(mini_batch): return []\n",
        );
        const unnamed = await createDeployment(tools, request);
        expect(unnamed).toMatchObject({ ok: false, problem: { code: "environment/not-found" } });
        await createEnvironment(tools.registry, { name: "here", python: "/usr/bin/python3" });
      }
      const made = await createDeployment(tools, { ...request, environment: script === undefined ? null : "here" });
      if (!made.ok) throw new Error(englishWords(made.problem).message);
      const { settings, properties, computeName, scorer } = made.value.deployment;
      const text = exportDeployment(tools.registry, source.endpoint_name, source.name);
      if (!text.ok) throw new Error(englishWords(text.problem).message);
      // From another place, and with nothing said again.
      const again = await deploy(text.value);
      expect(again).toMatchObject({ ok: true, value: { isNew: false } });
      if (again.ok) expect(again.value.deployment).toMatchObject({ settings, properties, computeName, scorer });
      expect(exportDeployment(tools.registry, source.endpoint_name, source.name)).toEqual(text);
    },
  );
});
