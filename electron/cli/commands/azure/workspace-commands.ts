import type { Result } from "../../../contract/problem.ts";
import { success } from "../../../contract/problem.ts";
import type { NamedWorkspace } from "../../../workspace/azure/azure.ts";
import { azurePlaceOptions, maxResultsOption, namedWorkspace } from "../../terminal/common-options.ts";
import { type CommandContext, usageProblem, type WorkspaceCommand } from "../../terminal/command.ts";
import type { CommandValues } from "../../terminal/command-values.ts";
import { exitCodes } from "../../terminal/exit-codes.ts";
import { showOne } from "../../terminal/show.ts";
import { oneOf, optional, text } from "../../terminal/usage.ts";
import { listSeen, showSeen } from "./show-seen.ts";

const { workspace, resourceGroup, subscription } = azurePlaceOptions;
const place = [workspace, optional(resourceGroup), optional(subscription)];
const workspaceColumns = ["name", "resource_group", "subscription", "location"];

export const workspaceCommands: readonly WorkspaceCommand[] = [
  {
    words: "workspace list",
    usage: [
      optional(text("subscription", "S", "those of that subscription, by its id or name")),
      optional(maxResultsOption),
    ],
    summary: "list the Azure ML workspaces that your account may see",
    async run(context, values) {
      const { azure } = context.workspace;
      const list = async (most: number | null) => {
        const listed = await azure.list(values.text("subscription"));
        if (!listed.ok || most === null) return listed;
        return success({ ...listed.value, view: listed.value.view.slice(0, most) });
      };
      return listSeen(context, values, list, workspaceColumns, "Your account may see no Azure ML workspace.");
    },
  },
  {
    words: "workspace show",
    usage: [optional(...place)],
    summary: "show the Azure ML workspace that was chosen, or the one that is named",
    async run(context, values) {
      return showSeen(context, await context.workspace.azure.show(namedWorkspace(values)), workspaceColumns);
    },
  },
  {
    words: "workspace use",
    usage: [
      oneOf(
        place,
        [text("file", "FILE", "the config.json of a workspace, as Azure ML studio offers it", { letter: "f" })],
        [text("url", "URL", "the address of any of its pages in Azure ML studio")],
      ),
    ],
    summary: "choose the Azure ML workspace that --remote means",
    async run(context, values) {
      const named = await whichToUse(context, values, this);
      if (!named.ok) return named;
      const used = await context.workspace.azure.use(named.value);
      if (!used.ok) return used;
      context.terminal.note(`--remote means the workspace ${used.value.name} from now on.`);
      return showOne(context, used.value, workspaceColumns);
    },
  },
  {
    words: "workspace forget",
    usage: [],
    summary: "choose no Azure ML workspace, and forget what was last seen of Azure",
    async run({ terminal, workspace }) {
      const forgotten = workspace.azure.forget();
      terminal.note(
        forgotten === null
          ? "No Azure workspace was chosen. What was last seen of Azure is forgotten."
          : `The Azure workspace ${forgotten.workspace} and what was last seen of Azure are forgotten.`,
      );
      terminal.print?.view({ workspace: forgotten?.workspace ?? null, forgotten: true });
      return success(exitCodes.done);
    },
  },
];

/** By its name, a file or an address. */
async function whichToUse(
  { workspace: { azure } }: CommandContext,
  values: CommandValues,
  command: WorkspaceCommand,
): Promise<Result<NamedWorkspace>> {
  const [named, file, url] = [namedWorkspace(values), values.text("file"), values.text("url")];
  if ([named, file, url].filter((given) => given !== null).length !== 1) {
    return usageProblem("Give one of --workspace-name, --file and --url.", command);
  }
  if (file !== null) return azure.readFile(file);
  return named === null ? azure.readAddress(url ?? "") : success(named);
}
