import { assetNameRule } from "../../names.ts";
import type { WordTable } from "../speaker.ts";

/** Computes, which say where deployments run. */
export const computeProblems = {
  "compute/not-found": ({ name }: { name: string }) => [
    `There is no compute named "${name}".`,
    "See: batchdeck compute list",
  ],
  "compute/invalid:name": ({ name }: { name: string }) => [`"${name}" cannot be the name of a compute.`, assetNameRule],
  "compute/invalid:exists": ({ name }: { name: string }) => [
    `There is a compute named ${name} already.`,
    "Change it with: batchdeck compute update",
  ],
  "compute/invalid:device": ({ device, known }: { device: string; known: readonly string[] }) => [
    `"${device}" is not a device.`,
    `Use one of ${known.join(", ")}; see: batchdeck compute devices`,
  ],
  "compute/invalid:tier": ({ tier }: { tier: string }) => [
    `"${tier}" is not a tier.`,
    "Use --tier dedicated or --tier low_priority.",
  ],
  "compute/in-use:local": () => ["The compute local cannot be deleted: deployments that name none run on it."],
  "compute/in-use:deployment": ({
    name,
    endpoint,
    deployment,
  }: {
    name: string;
    endpoint: string;
    deployment: string;
  }) => [`The deployment ${endpoint}/${deployment} uses ${name}.`, "Change the deployment first."],
  "compute/in-use:job": ({ name, job }: { name: string; job: string }) => [
    `The job ${job} runs on ${name}.`,
    "Wait until it has ended, or cancel it.",
  ],
} satisfies Partial<WordTable>;
