import { expect, it } from "vitest";
import { outputFolders } from "../../../electron/remote/runs/follow-steps.ts";

it.each([
  ["a file", "azureml/job/score/predictions.csv", ["azureml/job/score/predictions.csv", "azureml/job/score"]],
  ["a folder with a slash at its end", "azureml/job/score/", ["azureml/job/score"]],
  ["a folder without one", "/azureml/job/score", ["azureml/job/score", "azureml/job"]],
  ["a name alone", "score", ["score"]],
  ["a way out", "azureml/../secrets/", []],
  ["nothing", null, []],
  ["the whole datastore", "/", []],
])("of an output that Azure calls %s the folder is looked for there", (_what, named, folders) => {
  expect(outputFolders(named)).toEqual(folders);
});
