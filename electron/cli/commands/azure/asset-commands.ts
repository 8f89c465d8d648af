import type { AssetNoun } from "../../../workspace/azure/azure.ts";
import {
  azurePlace,
  checkLabel,
  labelOption,
  maxResultsOption,
  nameOption,
  versionOption,
} from "../../terminal/common-options.ts";
import { usageProblem, type WorkspaceCommand } from "../../terminal/command.ts";
import { optionals } from "../../terminal/usage.ts";
import { azureColumns, listSeen, showSeen } from "./show-seen.ts";

type OnAzure = NonNullable<WorkspaceCommand["onAzure"]>;

/** `--name`: the versions of that one. */
export function listAzureAssets(noun: AssetNoun): OnAzure {
  return (context, values, { assets }) => {
    const { list, versions } = assets(noun);
    const name = values.text("name");
    const whenEmpty = "The Azure workspace has none.";
    const wanted = name === null ? list : (most: number | null) => versions(name, most);
    return listSeen(context, values, wanted, azureColumns.asset, whenEmpty);
  };
}

export function showAzureAsset(noun: AssetNoun): OnAzure {
  return async (context, values, { assets }) => {
    const label = checkLabel(values);
    if (!label.ok) return label;
    const seen = await assets(noun).show(values.text("name") ?? "", values.text("version"));
    return showSeen(context, seen, azureColumns.asset);
  };
}

const onlyOnAzure = "Components are in Azure only: give --workspace-name or --remote.";

/** Components of pipelines, which only Azure has. */
export const componentCommands: readonly WorkspaceCommand[] = [
  {
    words: "component list",
    usage: [...optionals(nameOption("NAME", "the versions of that one"), maxResultsOption), azurePlace],
    summary: "list the components of an Azure ML workspace",
    async run() {
      return usageProblem(onlyOnAzure, this);
    },
    onAzure: listAzureAssets("component"),
  },
  {
    words: "component show",
    usage: [nameOption(), ...optionals(versionOption, labelOption), azurePlace],
    summary: "show a component of an Azure ML workspace",
    async run() {
      return usageProblem(onlyOnAzure, this);
    },
    onAzure: showAzureAsset("component"),
  },
];
