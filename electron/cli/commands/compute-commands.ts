import { type DeviceReport, deviceSchema } from "../../contract/nouns/device.ts";
import type { Result } from "../../contract/problem.ts";
import { failure, success } from "../../contract/problem.ts";
import { assetNameRule, assetNameSchema } from "../../contract/names.ts";
import type { ComputeRecord } from "../../registry/computes.repository.ts";
import { localComputeName } from "../../registry/computes.repository.ts";
import type { Command, CommandContext, CommandValues } from "../terminal/command.ts";
import { nameOption, usageProblem, wholeNumber } from "../terminal/command.ts";
import { exitCodes } from "../terminal/exit-codes.ts";
import { showDeleted, showList, showOne } from "../terminal/show.ts";
import { jsonText } from "../terminal/json-text.ts";

const computeOptions = {
  ...nameOption,
  "max-instances": { type: "string" },
  device: { type: "string" },
  "idle-time-before-scale-down": { type: "string" },
  tier: { type: "string" },
  "price-per-hour": { type: "string" },
} as const;

const computeDetails = [
  "--max-instances N                instances that its jobs share; as many as cores when left out",
  "--device D                       what runs the model; see: batchdeck compute devices",
  "--idle-time-before-scale-down S  seconds after which an idle worker ends; 120 when left out",
  "--tier low_priority              gives way to dedicated work, to battery power and to the computer's user",
  "--price-per-hour X               of one instance, in any currency; jobs then show their cost; 0 takes it away",
] as const;

const tiers = ["dedicated", "low_priority"] as const;

export const computeCommands: readonly Command[] = [
  {
    words: "compute create",
    usage:
      "-n NAME [--max-instances N] [--device auto|cpu|cuda|directml|coreml|webgpu] [--idle-time-before-scale-down S] [--tier dedicated|low_priority] " +
      "[--price-per-hour X]",
    summary: "make a cluster of worker instances",
    details: computeDetails,
    options: computeOptions,
    required: ["name"],
    positionals: 0,
    async run(context, values) {
      const name = values.text("name") ?? "";
      if (!assetNameSchema.safeParse(name).success) {
        return failure("compute/invalid", `"${name}" cannot be the name of a compute.`, assetNameRule);
      }
      if (context.workspace.registry.computes.find(name) !== null) {
        return failure(
          "compute/invalid",
          `There is a compute named ${name} already.`,
          "Change it with: batchdeck compute update",
        );
      }
      return saveCompute(context, values, {
        maxInstances: null,
        device: "auto",
        idleSecondsBeforeScaleDown: 120,
        tier: "dedicated",
        pricePerHour: null,
      });
    },
  },
  {
    words: "compute list",
    usage: "",
    summary: "list computes",
    options: {},
    required: [],
    positionals: 0,
    async run(context) {
      const views = context.workspace.registry.computes.list().map(computeView);
      return showList(
        context,
        views,
        ["name", "max_instances", "device", "idle_time_before_scale_down", "tier", "price_per_hour"],
        "",
      );
    },
  },
  {
    words: "compute show",
    usage: "-n NAME",
    summary: "show a compute",
    options: nameOption,
    required: ["name"],
    positionals: 0,
    async run(context, values) {
      const found = findCompute(context, values.text("name") ?? "");
      return found.ok ? showOne(context, computeView(found.value)) : found;
    },
  },
  {
    words: "compute update",
    usage:
      "-n NAME [--max-instances N] [--device auto|cpu|cuda|directml|coreml|webgpu] [--idle-time-before-scale-down S] [--tier dedicated|low_priority] " +
      "[--price-per-hour X]",
    summary: "change a compute",
    details: computeDetails,
    options: computeOptions,
    required: ["name"],
    positionals: 0,
    async run(context, values) {
      const found = findCompute(context, values.text("name") ?? "");
      if (!found.ok) return found;
      const changes = Object.keys(computeOptions).filter((option) => option !== "name" && values.text(option) !== null);
      if (changes.length === 0) return usageProblem("Nothing to change was given.", this);
      return saveCompute(context, values, found.value);
    },
  },
  {
    words: "compute devices",
    usage: "",
    summary: "try every device of this computer; say what is missing and how to get it",
    options: {},
    required: [],
    positionals: 0,
    async run(context) {
      const reports = await context.workspace.devices.list();
      const { terminal } = context;
      if (terminal.isJson) terminal.result(jsonText(reports));
      else for (const report of reports) terminal.result(deviceLine(report));
      return success(exitCodes.done);
    },
  },
  {
    words: "compute delete",
    usage: "-n NAME --yes",
    summary: "delete a compute that no deployment and no unfinished job uses",
    options: { ...nameOption, yes: { type: "boolean", short: "y" } },
    required: ["name"],
    positionals: 0,
    async run(context, values) {
      const found = findCompute(context, values.text("name") ?? "");
      if (!found.ok) return found;
      const { name } = found.value;
      if (name === localComputeName) {
        return failure("compute/in-use", "The compute local cannot be deleted: deployments that name none run on it.");
      }
      const [user] = context.workspace.registry.deployments.listByCompute(name);
      if (user !== undefined) {
        return failure(
          "compute/in-use",
          `The deployment ${user.endpointName}/${user.name} uses ${name}.`,
          "Change the deployment first.",
        );
      }
      const job = context.workspace.registry.jobs
        .listUnfinished()
        .find(({ spec }) => spec.compute.toLowerCase() === name.toLowerCase());
      if (job !== undefined) {
        return failure(
          "compute/in-use",
          `The job ${job.name} runs on ${name}.`,
          "Wait until it has ended, or cancel it.",
        );
      }
      if (!values.flag("yes"))
        return failure("usage/invalid", `This deletes the compute ${name}.`, "Repeat the command with --yes.");
      context.workspace.registry.computes.remove(name);
      return showDeleted(context, { name }, `Deleted ${name}.`);
    },
  },
];

function deviceLine({ device, available, hardware, missing, remedy }: DeviceReport): string {
  const names = hardware.length === 0 ? "" : ` (${hardware.join(", ")})`;
  return `${device.padEnd(8)}  ${available ? `available${names}` : `not available${names}: ${missing} ${remedy}`.trim()}`;
}

function findCompute(context: CommandContext, name: string): Result<ComputeRecord> {
  const compute = context.workspace.registry.computes.find(name);
  if (compute !== null) return success(compute);
  return failure("compute/not-found", `There is no compute named "${name}".`, "See: batchdeck compute list");
}

async function saveCompute(
  context: CommandContext,
  values: CommandValues,
  before: Pick<ComputeRecord, "maxInstances" | "device" | "idleSecondsBeforeScaleDown" | "tier" | "pricePerHour">,
): Promise<Result<number>> {
  const maxInstances = wholeNumber(values, "max-instances", 1);
  if (!maxInstances.ok) return maxInstances;
  const idle = wholeNumber(values, "idle-time-before-scale-down", 0);
  if (!idle.ok) return idle;
  const given = values.text("device") ?? before.device;
  const device = deviceSchema.options.find((known) => known === given);
  if (device === undefined) {
    return failure(
      "compute/invalid",
      `"${given}" is not a device.`,
      `Use one of ${deviceSchema.options.join(", ")}; see: batchdeck compute devices`,
    );
  }
  const givenTier = values.text("tier") ?? before.tier;
  const tier = tiers.find((known) => known === givenTier);
  if (tier === undefined) {
    return failure("compute/invalid", `"${givenTier}" is not a tier.`, "Use --tier dedicated or --tier low_priority.");
  }
  const price = pricePerHour(values.text("price-per-hour"), before.pricePerHour);
  if (!price.ok) return price;
  const saved = context.workspace.registry.computes.save({
    name: values.text("name") ?? "",
    maxInstances: maxInstances.value ?? before.maxInstances,
    device,
    idleSecondsBeforeScaleDown: idle.value ?? before.idleSecondsBeforeScaleDown,
    tier,
    pricePerHour: price.value,
  });
  if (values.text("device") !== null) await noteDevice(context, saved);
  return showOne(context, computeView(saved));
}

/** A compute may be made for a device that comes later; until then its jobs run on the CPU, and that is said at once. */
async function noteDevice({ workspace, terminal }: CommandContext, { name, device }: ComputeRecord): Promise<void> {
  if (device === "auto") return;
  const report = await workspace.devices.try(device);
  if (report.available) return;
  terminal.note(`Jobs on ${name} will run on the CPU for now: ${report.missing} ${report.remedy}`.trim());
}

/** Of one instance, in the user's own currency. 0 takes the price away: jobs then show no cost. */
function pricePerHour(text: string | null, before: number | null): Result<number | null> {
  if (text === null) return success(before);
  if (!/^\d{1,9}(\.\d{1,6})?$/.test(text)) {
    return failure("usage/invalid", `--price-per-hour needs an amount such as 2.50, not "${text}".`);
  }
  const price = Number(text);
  return success(price === 0 ? null : price);
}

function computeView(compute: ComputeRecord): Readonly<Record<string, unknown>> {
  return {
    name: compute.name,
    max_instances: compute.maxInstances,
    device: compute.device,
    idle_time_before_scale_down: compute.idleSecondsBeforeScaleDown,
    tier: compute.tier,
    price_per_hour: compute.pricePerHour,
  };
}
