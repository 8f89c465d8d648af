import path from "node:path";
import * as z from "zod";
import { failure, type Result, success } from "../../contract/problem.ts";
import { localPath } from "../../deployments/yaml/local-paths.ts";
import { readYamlFile, schemaProblem, withoutNulls, type YamlFile } from "../../deployments/yaml/read-yaml.ts";

/** What `invoke -f FILE` names: the one data input of a model deployment, and where its one output goes. */
export type InvocationFile = {
  /** Absolute, or as written when it is an address. */
  readonly inputPath: string;
  /** Null: nothing is said of it. */
  readonly inputKind: "folder" | "file" | null;
  /** The same; null: nothing is said of it. */
  readonly outputFolder: string | null;
  /** The file of predictions in it; null: nothing is said of it. */
  readonly outputFileName: string | null;
};

const literalTypes = ["string", "boolean", "integer", "number", "float"];
const dataTypes = ["uri_folder", "uri_file"] as const;
const otherTypes = ["mltable", "custom_model", "mlflow_model", "triton_model"] as const;
const scalar = z.union([z.string(), z.number(), z.boolean()]);

const inputSchema = z.union([
  z.strictObject({
    type: z.enum([...dataTypes, ...otherTypes, ...literalTypes]).default("uri_folder"),
    path: z.string().min(1).optional(),
    default: scalar.optional(),
    value: scalar.optional(),
    mode: z.string().optional(),
    description: z.string().optional(),
  }),
  scalar,
]);
const outputSchema = z.strictObject({
  type: z.string().default("uri_file"),
  path: z.string().optional(),
  mode: z.string().optional(),
  description: z.string().optional(),
});
const inputName = z.string().regex(/^[A-Za-z0-9_]+$/, "the name of an input is letters, digits and underscores");
const fileSchema = z.strictObject({
  $schema: z.string().optional(),
  inputs: z.record(inputName, inputSchema).default({}),
  outputs: z.record(z.string(), outputSchema.prefault({})).default({}),
});

/**
 * Reads Azure's file of inputs and outputs for a model deployment. Paths are relative to the file.
 * Problems: usage/invalid (with line and column), input/unsupported (literals, MLTable, more than one input).
 */
export async function readInvocationFile(file: string): Promise<Result<InvocationFile>> {
  const yaml = await readYamlFile(file, "usage/invalid");
  return yaml.ok ? invocationFromYaml(yaml.value) : yaml;
}

/** As `readInvocationFile`, of a file that was read. */
export function invocationFromYaml(yaml: YamlFile): Result<InvocationFile> {
  const parsed = fileSchema.safeParse(withoutNulls(yaml.value));
  if (!parsed.success) return schemaProblem(yaml, parsed.error, "usage/invalid");
  const inputs = Object.entries(parsed.data.inputs);
  for (const [name, input] of inputs) {
    if (typeof input === "object" && !literalTypes.includes(input.type) && input.path !== undefined) continue;
    if (typeof input === "object" && !literalTypes.includes(input.type) && input.default === undefined) {
      return failure("usage/invalid:input-without-path", {
        input: name,
        place: yaml.place(["inputs", name], true),
      });
    }
    return failure("input/unsupported:literal", { input: name, place: yaml.place(["inputs", name], true) });
  }
  const [first, second] = inputs;
  if (first === undefined || typeof first[1] !== "object" || first[1].path === undefined) {
    return failure("usage/invalid:no-input", { file: path.basename(yaml.file) });
  }
  if (second !== undefined) {
    return failure("input/unsupported:many-inputs", { file: path.basename(yaml.file), inputs: inputs.length });
  }
  const [name, { type, path: named }] = [first[0], first[1]];
  if (type !== "uri_folder" && type !== "uri_file") {
    return failure("input/unsupported:input-type", { input: name, type });
  }
  const output = outputOf(yaml, Object.entries(parsed.data.outputs));
  if (!output.ok) return output;
  const inputKind = type === "uri_folder" ? "folder" : "file";
  return success({ inputPath: placeOf(yaml, named as string), inputKind, ...output.value });
}

type Output = Pick<InvocationFile, "outputFolder" | "outputFileName">;

/** A folder is the folder of results, a file the file of predictions; a name without a path says nothing here. */
function outputOf(
  yaml: YamlFile,
  outputs: readonly (readonly [string, z.output<typeof outputSchema>])[],
): Result<Output> {
  const [first, second] = outputs;
  if (second !== undefined) {
    return failure("input/unsupported:many-outputs", { file: path.basename(yaml.file), outputs: outputs.length });
  }
  if (first === undefined) return success({ outputFolder: null, outputFileName: null });
  const [output, { type, path: named }] = first;
  if (type !== "uri_folder" && type !== "uri_file") {
    const place = yaml.place(["outputs", output], true);
    return failure("usage/invalid:output-type", { output, type, place });
  }
  if (named === undefined) return success({ outputFolder: null, outputFileName: null });
  if (type === "uri_folder") return success({ outputFolder: placeOf(yaml, named), outputFileName: null });
  const [, above = "", name = ""] = /^(.*[/\\])?([^/\\]*)$/s.exec(named) ?? [];
  if (name === "") return failure("usage/invalid:output-without-name", { output, path: named });
  return success({ outputFolder: placeOf(yaml, above === "" ? "." : above), outputFileName: name });
}

/** A path is relative to the file; an address stays as written. */
function placeOf(yaml: YamlFile, named: string): string {
  return localPath(yaml.file, named) ?? named;
}
