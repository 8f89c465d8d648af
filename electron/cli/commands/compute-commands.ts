import type { ComputeView } from "../../contract/views/compute.ts";
import type { DeviceReport } from "../../contract/nouns/device.ts";
import { failure, type Result, success } from "../../contract/problem.ts";
import type { ComputeChanges } from "../../workspace/computes.ts";
import {
  azurePlace,
  confirmed,
  fileOption,
  maxResultsOption,
  nameOption,
  nameOverFile,
  noWaitOption,
  setInFileOption,
  yesOption,
} from "../terminal/common-options.ts";
import { type WorkspaceCommand, type CommandContext, usageProblem } from "../terminal/command.ts";
import { type CommandValues, fileEdits, wholeNumber } from "../terminal/command-values.ts";
import { exitCodes } from "../terminal/exit-codes.ts";
import { firstOf, showDeleted, showList, showOne } from "../terminal/show.ts";
import { oneOf, optional, optionals, text } from "../terminal/usage.ts";
import { azureColumns, listSeen, showSeen } from "./azure/show-seen.ts";

const settingOptions = [
  text("max-instances", "N", "instances that its jobs share; left out: as many as cores"),
  text("device", "auto|cpu|cuda|directml|coreml|webgpu", "what runs the model; see: batchdeck compute devices"),
  text("idle-time-before-scale-down", "S", "seconds after which an idle worker ends; left out: 120", { alias: "d" }),
  text(
    "tier",
    "dedicated|low_priority",
    "--tier low_priority gives way to dedicated work, to battery power and to the user",
  ),
  text("price-per-hour", "X", "of one instance, in any currency; jobs then show their cost; 0 takes it away"),
] as const;

/** What Azure makes its machines of. */
const withoutEffect = [
  text("type", "T", "", { alias: "t" }),
  ...["size", "min-instances", "location", "description", "tags", "identity-type", "subnet", "vnet-name"].map((name) =>
    text(name, "X", ""),
  ),
  noWaitOption,
];
const computeColumns = ["name", "max_instances", "device", "idle_time_before_scale_down", "tier", "price_per_hour"];

export const computeCommands: readonly WorkspaceCommand[] = [
  {
    words: "compute create",
    usage: [oneOf([nameOverFile], [fileOption]), ...optionals(...settingOptions, setInFileOption)],
    summary: "make a cluster of worker instances",
    withoutEffect,
    async run(context, values) {
      const { computes } = context.workspace;
      const requested = await fromFile(context, values, this);
      if (!requested.ok) return requested;
      const { name, ...ofFile } = requested.value;
      const free = computes.checkNew(name);
      if (!free.ok) return free;
      const settings = settingsOf(values);
      if (!settings.ok) return settings;
      const given = Object.fromEntries(Object.entries(settings.value).filter(([, value]) => value !== null));
      return showSaved(context, values, computes.create(name, { ...ofFile, ...given }));
    },
  },
  {
    words: "compute list",
    usage: [optional(maxResultsOption), azurePlace],
    withoutEffect: [text("type", "T", "")],
    summary: "list computes",
    async run(context, values) {
      const computes = firstOf(context.workspace.computes.list(), values);
      return computes.ok ? showList(context, computes.value, computeColumns, "") : computes;
    },
    onAzure: (context, values, { computes }) =>
      listSeen(context, values, computes.list, azureColumns.compute, "The Azure workspace has no computes."),
  },
  {
    words: "compute show",
    usage: [nameOption(), azurePlace],
    summary: "show a compute",
    async run(context, values) {
      const found = context.workspace.computes.show(values.text("name") ?? "");
      return found.ok ? showOne(context, found.value, computeColumns) : found;
    },
    onAzure: async (context, values, { computes }) =>
      showSeen(context, await computes.show(values.text("name") ?? ""), azureColumns.compute),
  },
  {
    words: "compute update",
    usage: [nameOption(), ...optionals(...settingOptions)],
    summary: "change a compute",
    withoutEffect,
    async run(context, values) {
      const name = values.text("name") ?? "";
      const { computes } = context.workspace;
      const found = computes.show(name);
      if (!found.ok) return found;
      if (settingOptions.every((option) => values.text(option.name) === null)) {
        return usageProblem("Nothing to change was given.", this);
      }
      const changes = settingsOf(values);
      return changes.ok ? showSaved(context, values, computes.update(name, changes.value)) : changes;
    },
  },
  {
    words: "compute devices",
    usage: [],
    summary: "try every device of this computer; say what is missing and how to get it",
    async run(context) {
      const reports = await context.workspace.devices.list();
      const { terminal } = context;
      if (terminal.print !== null) terminal.print.view(reports);
      else terminal.result(reports.map(deviceLine));
      return success(exitCodes.done);
    },
  },
  {
    words: "compute delete",
    usage: [nameOption(), yesOption],
    withoutEffect: [noWaitOption],
    summary: "delete a compute that no deployment and no unfinished job uses",
    async run(context, values) {
      const { computes } = context.workspace;
      const unused = computes.checkDelete(values.text("name") ?? "");
      if (!unused.ok) return unused;
      const { name } = unused.value;
      const sure = confirmed(values, `the compute ${name}`);
      if (!sure.ok) return sure;
      const deleted = computes.delete(name);
      return deleted.ok ? showDeleted(context, { name }, `Deleted ${name}.`) : deleted;
    },
  },
];

function deviceLine({ device, available, hardware, missing, remedy }: DeviceReport): string {
  const names = hardware.length === 0 ? "" : ` (${hardware.join(", ")})`;
  return `${device.padEnd(8)}  ${available ? `available${names}` : `not available${names}: ${missing} ${remedy}`.trim()}`;
}

function settingsOf(values: CommandValues): Result<ComputeChanges> {
  const maxInstances = wholeNumber(values, "max-instances", 1);
  if (!maxInstances.ok) return maxInstances;
  const idle = wholeNumber(values, "idle-time-before-scale-down", 0);
  if (!idle.ok) return idle;
  const price = priceOf(values.text("price-per-hour"));
  if (!price.ok) return price;
  return success({
    maxInstances: maxInstances.value,
    device: values.text("device"),
    idleSecondsBeforeScaleDown: idle.value,
    tier: values.text("tier"),
    pricePerHour: price.value,
  });
}

/** Of one instance, in the user's own currency; 0 takes the price away. */
function priceOf(text: string | null): Result<number | null> {
  if (text === null) return success(null);
  if (/^\d{1,9}(\.\d{1,6})?$/.test(text)) return success(Number(text));
  return failure("usage/invalid", `--price-per-hour needs an amount such as 2.50, not "${text}".`);
}

/** The compute that a file describes, under the name that goes before it; without a file the name alone. */
async function fromFile(
  { workspace, terminal }: CommandContext,
  values: CommandValues,
  command: WorkspaceCommand,
): Promise<Result<ComputeChanges & { readonly name: string }>> {
  const [file, name] = [values.text("file"), values.text("name")];
  if (file === null) {
    if (name === null) return usageProblem("Give --name, --file, or both.", command);
    if (values.list("set").length > 0) return usageProblem("--set changes a file, and there is none.", command);
    const nothing = {
      maxInstances: null,
      device: null,
      idleSecondsBeforeScaleDown: null,
      tier: null,
      pricePerHour: null,
    };
    return success({ name, ...nothing });
  }
  const edits = fileEdits(values, ["name"]);
  if (!edits.ok) return edits;
  const read = await workspace.computes.readFile(file, edits.value);
  if (!read.ok) return read;
  const { withoutEffect: passedOver, pricePerHour, ...compute } = read.value;
  const price = priceOf(pricePerHour);
  if (!price.ok) return price;
  if (passedOver.length > 0) terminal.note(`Without effect on this computer: ${passedOver.join(", ")}.`);
  return success({ ...compute, pricePerHour: price.value });
}

async function showSaved(
  context: CommandContext,
  values: CommandValues,
  saved: Result<ComputeView>,
): Promise<Result<number>> {
  if (!saved.ok) return saved;
  if (values.text("device") !== null) await noteDevice(context, saved.value);
  return showOne(context, saved.value, computeColumns);
}

/** A compute may be made for a device that comes later; until then its jobs run on the CPU, and that is said at once. */
async function noteDevice({ workspace, terminal }: CommandContext, { name, device }: ComputeView): Promise<void> {
  if (device === "auto") return;
  const report = await workspace.devices.try(device);
  if (report.available) return;
  terminal.note(`Jobs on ${name} will run on the CPU for now: ${report.missing} ${report.remedy}`.trim());
}
