import fs from "node:fs";
import path from "node:path";
import * as z from "zod";
import type { Result } from "../contract/problem.ts";
import { success } from "../contract/problem.ts";
import type { Workspace } from "./workspace.ts";

/** `resources/samples/samples.json`: the bundled endpoints, inputs to try them with, and where the truth is. */
const samplesFileSchema = z.array(
  z.strictObject({
    name: z.string(),
    endpoint: z.string(),
    deployment: z.string(),
    demo: z.strictObject({ input: z.string(), items: z.number().int(), unit: z.enum(["row", "file"]) }),
    try: z.strictObject({ title: z.string(), input: z.string(), items: z.number().int() }),
    accuracy: z.strictObject({
      /** Column of the predictions. */
      predicted: z.string(),
      /** A CSV that names each item by a column of the predictions (`key`) and says what is true of it (`column`). */
      truth: z.strictObject({ file: z.string(), key: z.string(), column: z.string() }),
    }),
  }),
);

/** One bundled sample. Every path is absolute. */
export type Sample = Readonly<z.infer<typeof samplesFileSchema>[number]>;

/** @throws when the bundled file is missing or damaged: then the program was not installed whole. */
export function readSamples(samplesFolder: string): readonly Sample[] {
  const inFolder = (name: string) => path.join(samplesFolder, name);
  const stored = samplesFileSchema.parse(JSON.parse(fs.readFileSync(inFolder("samples.json"), "utf8")));
  return stored.map((sample) => ({
    ...sample,
    endpoint: inFolder(sample.endpoint),
    deployment: inFolder(sample.deployment),
    demo: { ...sample.demo, input: inFolder(sample.demo.input) },
    try: { ...sample.try, input: inFolder(sample.try.input) },
    accuracy: {
      ...sample.accuracy,
      truth: { ...sample.accuracy.truth, file: inFolder(sample.accuracy.truth.file) },
    },
  }));
}

/** Makes the sample endpoints that the workspace does not have; one that a user made under the same name stays. */
export async function installSamples(workspace: Workspace, samples: readonly Sample[]): Promise<Result<null>> {
  for (const sample of samples) {
    if (!workspace.endpoints.show(sample.name).ok) {
      const endpoint = await workspace.endpoints.create({ file: sample.endpoint });
      if (!endpoint.ok) return endpoint;
    }
    const deployments = workspace.deployments.list(sample.name);
    if (deployments.ok && deployments.value.length > 0) continue;
    const deployment = await workspace.deployments.create({
      file: sample.deployment,
      endpointName: null,
      setDefault: true,
    });
    if (!deployment.ok) return deployment;
  }
  return success(null);
}
