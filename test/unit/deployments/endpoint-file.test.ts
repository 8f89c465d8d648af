import path from "node:path";
import { describe, expect, test } from "vitest";
import { inWords } from "../../../electron/cli/terminal/json-text.ts";
import { endpointFromYaml, readEndpointFile } from "../../../electron/deployments/yaml/endpoint-file.ts";
import { parseYaml } from "../../../electron/deployments/yaml/read-yaml.ts";
import { englishWords } from "../../../electron/contract/words/english-problems.ts";

const fixture = (name: string) => path.join(import.meta.dirname, "../../fixtures/azureml", name);

describe("an endpoint file", () => {
  test("is read whole", async () => {
    expect(await readEndpointFile(fixture("endpoint.yml"))).toMatchObject({
      ok: true,
      value: {
        name: "parcel-weights",
        authMode: "aad_token",
        tags: { team: "logistics", year: "2026" },
        defaultDeployment: null,
        source: { tags: { year: 2026 } },
      },
    });
  });

  test("is refused with the place of what is wrong", () => {
    const yaml = parseYaml("name: flowers\ndefaults:\n  deployment: blue\n", "/x/endpoint.yml", "endpoint/invalid");
    if (!yaml.ok) throw new Error(englishWords(yaml.problem).message);
    expect(inWords(endpointFromYaml(yaml.value))).toMatchObject({
      ok: false,
      problem: {
        code: "endpoint/invalid",
        message: 'The file "endpoint.yml" has a key "defaults.deployment" that is not known (line 3, column 3).',
      },
    });
  });

  test("has no traffic to split", () => {
    const yaml = parseYaml("name: flowers\ntraffic: {blue: 90, green: 10}\n", "/x/endpoint.yml", "endpoint/invalid");
    if (!yaml.ok) throw new Error(englishWords(yaml.problem).message);
    expect(inWords(endpointFromYaml(yaml.value))).toMatchObject({
      problem: { message: 'The file "endpoint.yml" has a key "traffic" that is not known (line 2, column 1).' },
    });
  });
});
