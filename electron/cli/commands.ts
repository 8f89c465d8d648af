import { type Command } from "./terminal/command.ts";
import { componentCommands } from "./commands/azure/asset-commands.ts";
import { workspaceCommands } from "./commands/azure/workspace-commands.ts";
import { computeCommands } from "./commands/compute-commands.ts";
import { accountCommands } from "./commands/azure/account-commands.ts";
import { signInCommands } from "./commands/azure/sign-in-commands.ts";
import { completionCommand } from "./commands/completion-command.ts";
import { dataCommands, datastoreCommands } from "./commands/data-commands.ts";
import { demoCommand } from "./commands/demo-command.ts";
import { deploymentCommands } from "./commands/deployment-commands.ts";
import { endpointCommands } from "./commands/endpoint-commands.ts";
import { environmentCommands } from "./commands/environment-commands.ts";
import { invokeCommand, jobCommands } from "./commands/job-commands.ts";
import { modelCommands } from "./commands/model-commands.ts";
import { watchCommands } from "./commands/watch-commands.ts";

/** Every command there is. Parsing, help, completion and the refusal of unknown words are all made from this one table. */
export const commands: readonly Command[] = [
  ...endpointCommands,
  ...deploymentCommands,
  ...modelCommands,
  ...dataCommands,
  ...datastoreCommands,
  ...environmentCommands,
  ...componentCommands,
  ...computeCommands,
  invokeCommand,
  ...jobCommands,
  ...watchCommands,
  ...signInCommands,
  ...accountCommands,
  ...workspaceCommands,
  demoCommand,
  completionCommand(() => commands),
];
