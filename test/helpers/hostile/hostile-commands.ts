import fs from "node:fs";
import path from "node:path";
import { encodeModel } from "../models/onnx-builder.ts";

/** Where a round puts its files, and what it makes its names of. */
export type Round = {
  readonly number: number;
  /** A folder of its own. */
  readonly folder: string;
  /** Another hostile text each time. */
  readonly text: () => string;
  readonly pick: <Value>(from: readonly Value[]) => Value;
  /** A finished job, another one, and an endpoint that scores tables. */
  readonly jobs: readonly [string, string];
};

type Lines = readonly (readonly string[])[];

function put({ folder }: Round, name: string, content: string | Uint8Array): string {
  const file = path.join(folder, name);
  fs.mkdirSync(path.dirname(file), { recursive: true });
  fs.writeFileSync(file, content);
  return file;
}

/** Quoted as YAML may be, or as it stands, where it may be no YAML at all. */
const quoted = ({ pick }: Round, text: string) => pick([JSON.stringify(text), JSON.stringify(text), text]);

function model(round: Round): Uint8Array {
  const name = round.text();
  const value = { name, type: "float", shape: ["N", 2] } as const;
  return encodeModel({
    graph: {
      nodes: [{ op: round.pick(["Identity", "Identity", round.text()]), inputs: [name], outputs: ["y"] }],
      inputs: [value],
      outputs: [{ ...value, name: "y" }],
    },
  });
}

function endpoints(round: Round): Lines {
  const { number, text } = round;
  const name = `ep-${number}`;
  const file = put(
    round,
    "endpoint.yml",
    `name: ${round.pick([name, name, quoted(round, text())])}\ndescription: ${JSON.stringify(text())}\ntags: {${JSON.stringify(text())}: ${JSON.stringify(text())}}\n${round.pick(["", `${quoted(round, text())}: 1\n`])}`,
  );
  return [
    ["endpoint", "create", "-f", file],
    ["endpoint", "create", "-n", text()],
    ["endpoint", "show", "-n", name],
    ["endpoint", "show", "-n", text()],
    ["endpoint", "update", "-n", name, "--set", `description=${text()}`, "--set", `tags.${text()}=${text()}`],
    ["endpoint", "update", "-n", name, "--set", `${text()}=${text()}`],
    ["endpoint", "create", "-f", file, "-n", name, "--set", `description=${text()}`, `${text()}=${text()}`],
    ["endpoint", "show", "-n", name, "-o", round.pick(["yaml", "table", "tsv", "jsonc"])],
    ["endpoint", "list-jobs", "-n", round.pick(["dense", text()])],
    ["endpoint", "invoke", "-n", text(), "--input", text()],
    ["endpoint", "list"],
    ["endpoint", "delete", "-n", round.pick([name, text()]), ...round.pick([[], ["--yes"]])],
  ];
}

function deployments(round: Round): Lines {
  const { number, text, pick } = round;
  const name = `dep-${number}`;
  const label = JSON.stringify(text());
  put(round, "model/model.onnx", pick([model(round), text()]));
  put(
    round,
    "model/scorer.yml",
    pick([
      `input:\n  columns: {${JSON.stringify(text())}: [${label}, b]}\n`,
      `output:\n  keep: [${label}]\n`,
      `output:\n  labels: [${label}]\n`,
      `input:\n  missing_words: [${label}]\n`,
      `${quoted(round, text())}: 1\n`,
      "",
    ]),
  );
  const value = quoted(round, text());
  const odd = pick([
    `compute: ${value}`,
    `environment: ${value}`,
    `code_configuration: {code: ${value}, scoring_script: ${value}}`,
    `${value}: 1`,
    `settings: {${value}: 1}`,
    `settings: {output_file_name: ${value}}`,
    `settings: {environment_variables: {${value}: ${value}}}`,
    `properties: {batchdeck.output_format: ${value}}`,
    `type: ${value}`,
    "",
  ]);
  const lines = [
    `name: ${pick([name, name, name, value])}`,
    `endpoint_name: ${pick(["dense", "dense", value])}`,
    ...(odd.startsWith("type") ? [] : ["type: model"]),
    `model: ${pick(["{path: model}", "{path: model}", `{path: ${value}}`, `azureml:${text()}`])}`,
    `description: ${JSON.stringify(text())}`,
    `tags: {${JSON.stringify(text())}: ${JSON.stringify(text())}}`,
    odd,
  ];
  const file = put(round, pick(["deployment.yml", `${text()}.yml`]), `${lines.join("\n")}\n`);
  const table = put(round, "rows/a.csv", `${text()},${text()}\n1,2\n`);
  const set = [`description=${text()}`, `tags.${text()}=${text()}`, `${text()}=1`];
  return [
    ["deployment", "create", "-f", file, ...pick([[], ["--environment", text()], ["-e", text()]])],
    ["deployment", "list", "-e", pick(["dense", text()])],
    ["deployment", "show", "-n", name, "-e", "dense"],
    ["deployment", "export", "-n", name, "-e", "dense"],
    ["deployment", "list-jobs", "-n", pick([name, text()]), "-e", "dense"],
    ["deployment", "create", "-f", file, "-n", name, "--set", `${text()}=${text()}`],
    ["deployment", "update", "-n", name, "-e", "dense", "--set", pick(set)],
    ["deployment", "update", "-f", path.join(round.folder, text())],
    ["invoke", "-n", "dense", "-d", name, "--input", table, "--dry-run"],
    ["deployment", "delete", "-n", pick([name, text()]), "-e", pick(["dense", text()]), ...pick([[], ["--yes"]])],
  ];
}

function models(round: Round): Lines {
  const { number, text, pick } = round;
  const file = put(round, `${text()}.onnx`, pick([model(round), text()]));
  put(round, `folder/${text()}`, "x");
  return [
    ["model", "scan", file],
    ["model", "scan", path.join(round.folder, text())],
    ["model", "create", "-n", `m-${number}`, "--path", file, "--version", pick(["1", text()])],
    ["model", "create", "-n", text(), "--path", file],
    [
      "model",
      "create",
      "-n",
      `n-${number}`,
      "--path",
      path.join(round.folder, "folder"),
      "--type",
      pick([text(), "custom_model"]),
    ],
    ["model", "show", "-n", `m-${number}`],
    ["model", "show", "-n", text(), "--version", text()],
    ["model", "list"],
    ["model", "delete", "-n", pick([`m-${number}`, text()]), ...pick([[], ["--yes"]])],
  ];
}

function assets(round: Round): Lines {
  const { number, text, pick } = round;
  const folder = path.dirname(put(round, `${text()}/a.csv`, "a,b\n1,2\n"));
  const file = put(
    round,
    "data.yml",
    `name: d-${number}\npath: ${quoted(round, text())}\ndescription: ${JSON.stringify(text())}\n`,
  );
  return [
    ["data", "create", "-n", `d-${number}`, "--path", folder, "--description", text()],
    ["data", "create", "-n", text(), "--path", pick([folder, text(), `azureml://${text()}`])],
    ["data", "create", "-f", file],
    ["data", "show", "-n", pick([`d-${number}`, text()]), ...pick([[], ["--version", text()]])],
    ["data", "list"],
    ["datastore", "create", "-n", pick([`s_${number}`, text()]), "--path", pick([folder, text()])],
    ["datastore", "show", "-n", pick([`s_${number}`, text()])],
    ["datastore", "list"],
    ["invoke", "-n", "dense", "--input", pick([`azureml:d-${number}`, `azureml:${text()}@latest`]), "--dry-run"],
  ];
}

function environments(round: Round): Lines {
  const { number, text, pick } = round;
  const said = text().replaceAll("'", "");
  const python = put(
    round,
    text(),
    `#!/bin/sh\nprintf '%s' '${said}'\nprintf '%s' '${said}' >&2\nexit ${pick([0, 3])}\n`,
  );
  fs.chmodSync(python, 0o755);
  return [
    ["environment", "create", "-n", `e-${number}`, "--python", pick([python, text()])],
    ["environment", "create", "-n", text(), "--node"],
    ["environment", "show", "-n", pick([`e-${number}`, text()])],
    ["environment", "list"],
    ["environment", "delete", "-n", pick([`e-${number}`, text()]), ...pick([[], ["--yes"]])],
  ];
}

function computes(round: Round): Lines {
  const { number, text, pick } = round;
  const options = ["--max-instances", "--device", "--idle-time-before-scale-down", "--tier", "--price-per-hour"];
  return [
    ["compute", "create", "-n", pick([`c-${number}`, text()]), ...pick([[], [pick(options), text()]])],
    ["compute", "update", "-n", pick([`c-${number}`, "local", text()]), pick(options), text()],
    ["compute", "show", "-n", pick([`c-${number}`, text()])],
    ["compute", "list"],
    ["compute", "delete", "-n", pick([`c-${number}`, text()]), ...pick([[], ["--yes"]])],
  ];
}

function invocations(round: Round): Lines {
  const { text, pick } = round;
  const header = pick([`${text()},f1`, `f0,f1,${text()}`, `"${text().replaceAll('"', '""')}",f0,f1`]);
  put(round, `in/${text()}.csv`, `${header}\n1,2,3\n${text()},${text()},x\n`);
  const input = pick([path.join(round.folder, "in"), path.join(round.folder, text())]);
  const file = put(round, "job.yml", `${quoted(round, text())}: {path: ${quoted(round, text())}}\n`);
  const invoke = ["invoke", "-n", pick(["dense", "dense", "raising", text()])];
  const odd = pick([
    ["--set", `${text()}=${text()}`],
    ["--set", `output_file_name=${text()}`],
    ["--set", text()],
    ["--job-name", text()],
    ["--output-path", path.join(round.folder, text())],
    ["-d", text()],
    ["--mini-batch-size", text()],
    ["--input-type", text()],
    ["--incremental"],
    [],
  ]);
  return [
    [...invoke, "--input", input, "--dry-run", ...odd],
    [...invoke, "--input", input, "--no-wait", ...odd],
    [...invoke, "-f", file],
  ];
}

function jobs(round: Round): Lines {
  const {
    text,
    pick,
    jobs: [one, other],
  } = round;
  const job = pick([one, text()]);
  return [
    ["job", "list", ...pick([[], ["-e", text()], ["-e", "dense", "-d", text()]])],
    ["job", "show", "-n", job, ...pick([[], ["--log"], ["--mini-batches"]])],
    ["job", "stream", "-n", job],
    ["job", pick(["pause", "resume", "cancel", "retry-failed"]), "-n", text()],
    ["job", "pause", "--all"],
    ["job", "resume", "--all"],
    ["job", "update", "-n", job, "--priority", text()],
    ["job", "update", "-n", job, "--before", text()],
    ["job", "compare", one, other, "--output-path", path.join(round.folder, text())],
    ["job", "compare", text(), text(), "--tolerance", pick(["0", text()])],
    ["job", "delete", "-n", pick([text(), one])],
    ["job", "download", "-n", job, "--download-path", path.join(round.folder, text())],
    ["job", "download", "-n", job, "--output-name", text()],
    ["job", "archive", "-n", job],
    ["job", "restore", "-n", job],
  ];
}

function watches(round: Round): Lines {
  const { text, pick } = round;
  const folder = path.dirname(put(round, `${text()}/a.txt`, ""));
  const place = pick([folder, path.join(round.folder, text())]);
  return [
    [
      "watch",
      "add",
      place,
      "-n",
      pick(["dense", text()]),
      ...pick([[], ["--settle", text()], ["--set", `${text()}=1`]]),
    ],
    ["watch", "list"],
    ["watch", "remove", pick([place, text()])],
    ["watch", "remove", place],
  ];
}

/** Of what Azure's commands take from their user: nobody is signed in, and nothing is sent. */
function azure(round: Round): Lines {
  const { text, pick } = round;
  const cloud = put(round, `${text()}.json`, pick([text(), JSON.stringify({ name: text(), [text()]: text() })]));
  const config = put(round, "config.json", pick([text(), JSON.stringify({ workspace_name: text(), [text()]: 1 })]));
  const place = ["-w", text(), ...pick([[], ["-g", text()], ["--subscription", text()]])];
  return [
    ["login", "--cloud", pick([cloud, text()])],
    ["login", "--service-principal", "-u", text(), "--tenant", text()],
    ["login", "--identity", "--tenant", text()],
    ["logout", ...pick([[], ["--all"], ["-u", text()]])],
    ["account", "list"],
    ["account", "show"],
    ["account", "set", "-u", text(), ...pick([[], ["--tenant", text()]])],
    ["workspace", "list", ...pick([[], ["--subscription", text()]])],
    ["workspace", "use", ...pick([place, ["--file", config], ["--file", text()]])],
    ["workspace", "show", ...pick([[], place])],
    ["workspace", "forget"],
    ["component", "list", ...pick([[], place])],
    ["component", "show", "-n", text(), ...pick([[], ["--version", text()], ["--remote"], place])],
    [pick(["endpoint", "model", "data", "job"]), "show", "-n", text(), ...pick([["--remote"], place])],
  ];
}

function usage(round: Round): Lines {
  const { text, pick } = round;
  const known = pick(["endpoint", "job", "model", "watch"]);
  return [
    [text()],
    [known, text()],
    [known, "list", `--${text()}`],
    [known, "list", `--${text()}=${text()}`],
    [known, "list", text()],
    [known, "list", "-o", pick(["yaml", "table", "tsv", text()])],
    [known, "list", "--query", text()],
    ["completion", text()],
    ["invoke", `-${text()}`],
    ["endpoint", "list", "--home", path.join(round.folder, text())],
    ["endpoint", "list", "--home", put(round, text(), "a file")],
  ];
}

/** Every kind of command, with hostile text wherever a name or text of others comes in. */
export const attacks: readonly ((round: Round) => Lines)[] = [
  ...[endpoints, deployments, models, assets, environments, computes],
  ...[invocations, jobs, watches, azure, usage],
];
