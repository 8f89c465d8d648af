import { failure, type Result, success } from "../../contract/problem.ts";
import type { CommandValues } from "./command.ts";
import { flag, text } from "./usage.ts";

/** `-n`, whose value is called by what it names. */
export const nameOption = (placeholder = "NAME") => text("name", placeholder, { letter: "n" });
export const endpointOption = text("endpoint-name", "ENDPOINT", { letter: "e" });
export const deploymentOption = text("deployment-name", "DEPLOYMENT", { letter: "d" });
export const fileOption = text("file", "FILE", { letter: "f" });
export const versionOption = text("version", "V", { alias: "v" });
/** A setting for one job, or for the jobs of a watch. */
export const setOption = text("set", "k=v", { isRepeated: true });

/** Without it nothing is deleted. */
export const yesOption = flag("yes", { alias: "y", isCheckedByCommand: true });

/** To be asked when it is known that there is something to delete. */
export function confirmed(values: CommandValues, whatIsDeleted: string): Result<null> {
  if (values.flag("yes")) return success(null);
  return failure("usage/invalid", `This deletes ${whatIsDeleted}.`, "Repeat the command with --yes.");
}
