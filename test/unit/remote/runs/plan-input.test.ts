import { expect, it } from "vitest";
import { success } from "../../../../electron/contract/problem.ts";
import type { AzureResources } from "../../../../electron/remote/azureml/azure-client.ts";
import { type InputTools, planInput } from "../../../../electron/remote/runs/plan-input.ts";
import { valueOf } from "../../../helpers/value-of.ts";

const place = { subscription: "0A-sub", resource_group: "Rg", workspace: "Lab" };
const inWorkspace = (subscription: string, group: string, workspace: string) =>
  `subscriptions/${subscription}/resourcegroups/${group}/workspaces/${workspace}`;

it.each([
  ["the job's own workspace, in other letters", inWorkspace("0a-SUB", "rG", "LAB"), true],
  ["one of that name in another subscription", inWorkspace("0b-sub", "Rg", "Lab"), false],
  ["one of that name in another resource group", inWorkspace("0A-sub", "Rg2", "Lab"), false],
  ["another one", inWorkspace("0A-sub", "Rg", "Lab2"), false],
])("an input in %s is looked for where it is", async (_name, where, isHere) => {
  const asked: string[] = [];
  const resources = {
    datastores: {
      show: (name: string) => {
        asked.push(name);
        return Promise.resolve(success({}));
      },
    },
  } as unknown as AzureResources;
  const given = `azureml://${where}/datastores/store/paths/a/b`;
  const planned = await planInput({} as InputTools, given, null, { resources, place });
  expect(asked).toEqual(isHere ? ["store"] : []);
  expect(valueOf(planned).azure).toEqual({
    kind: "address",
    uri: isHere ? "azureml://datastores/store/paths/a/b" : given,
  });
});
