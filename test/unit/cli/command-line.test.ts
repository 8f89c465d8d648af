import fs from "node:fs";
import path from "node:path";
import { describe, expect, test } from "vitest";
import { commands } from "../../../electron/cli/commands.ts";
import { usageLine } from "../../../electron/cli/terminal/command.ts";
import { runInProcess } from "../../helpers/command-line.ts";
import { temporaryFolder } from "../../helpers/places.ts";

const home = path.join(temporaryFolder("command-line"), "home");
const run = (line: string) => runInProcess(home, ...line.split(" "));

test("a command prints its result on stdout and its notes on stderr", async () => {
  expect(await run("compute show -n local --json")).toMatchObject({ code: 0, stderr: "" });
  expect(await run("endpoint list")).toEqual({
    code: 0,
    stdout: "",
    stderr: "There are no endpoints yet. Make one: batchdeck endpoint create -n NAME\n",
  });
});

test("a refusal is one line on stderr and ends with 2", async () => {
  expect(await run("endpoint show -n nosuch")).toEqual({
    code: 2,
    stdout: "",
    stderr: 'There is no endpoint "nosuch". Make it with "endpoint create -n nosuch".\n',
  });
});

describe("global options", () => {
  const elsewhere = path.join(home, "..", "elsewhere");

  test.each([
    `--home ${elsewhere} --json compute list`,
    `compute --home ${elsewhere} list --json`,
    `compute --json --home=${elsewhere} list`,
    `compute list --json --home ${elsewhere}`,
  ])("are taken wherever they stand: %s", async (line) => {
    fs.rmSync(elsewhere, { recursive: true, force: true });
    const ran = await run(line);
    expect(ran).toMatchObject({ code: 0, stderr: "" });
    expect(JSON.parse(ran.stdout)).toMatchObject([{ name: "local" }]);
    expect(fs.existsSync(elsewhere)).toBe(true);
  });

  test.each([`job`, `job --home ${home}`, `--json job`])("do not hide that a verb is missing: %s", async (line) => {
    const ran = await run(line);
    expect(ran).toMatchObject({ code: 2, stdout: "" });
    expect(ran.stderr).toMatch(/^"job" needs a verb\. Known: job list, job show, .*\.\n$/);
  });

  test("are no command by themselves", async () => {
    for (const line of ["--json", `--home ${home}`]) {
      expect(await run(line)).toEqual({
        code: 2,
        stdout: "",
        stderr: "No command was given. See: batchdeck --help\n",
      });
    }
  });
});

describe("an unknown word is refused by its name", () => {
  test.each([
    ["nosuch", '"nosuch" is not a command. See: batchdeck --help\n'],
    ["--nosuch", '"--nosuch" is not a command. See: batchdeck --help\n'],
    ["watch nosuch", '"watch nosuch" is not a command. Known: watch add, watch list, watch remove, watch run.\n'],
  ])("%s", async (line, stderr) => {
    expect(await run(line)).toEqual({ code: 2, stdout: "", stderr });
  });
});

describe("what is to be deleted", () => {
  const unknown: readonly (readonly [line: string, message: string])[] = [
    ["endpoint delete -n nosuch", 'There is no endpoint "nosuch".'],
    ["deployment delete -e nosuch -n one", 'There is no endpoint "nosuch".'],
    ["model delete -n nosuch", 'There is no model "nosuch".'],
    ["environment delete -n nosuch", 'There is no environment "nosuch".'],
    ["compute delete -n nosuch", 'There is no compute named "nosuch".'],
    ["job delete -n nosuch", 'There is no job named "nosuch".'],
  ];

  test.each(unknown)("is refused as unknown before anybody is asked to be sure: %s", async (line, message) => {
    for (const more of ["", " --yes"]) {
      const ran = await run(`${line}${more}`);
      expect(ran.code).toBe(2);
      expect(ran.stderr.startsWith(`${message} `)).toBe(true);
    }
  });

  test("is deleted only with --yes", async () => {
    await run("endpoint create -n doomed");
    expect(await run("endpoint delete -n doomed")).toEqual({
      code: 2,
      stdout: "",
      stderr: "This deletes the endpoint doomed and all its deployments. Repeat the command with --yes.\n",
    });
    expect(await run("endpoint show -n doomed")).toMatchObject({ code: 0 });
    expect(await run("endpoint delete -n doomed -y")).toMatchObject({ code: 0 });
    expect(await run("endpoint show -n doomed")).toMatchObject({ code: 2 });
  });
});

describe("the usage line of a command", () => {
  const usageOf = (words: string) => usageLine(commands.find((command) => command.words === words) ?? never(words));

  test.each([
    "endpoint create -n NAME | -f FILE [--set a.b=v …] [-w W [-g RG] [--subscription S] | --remote] [--no-wait]",
    "endpoint update -n NAME --set defaults.deployment_name=D | description=TEXT | tags.NAME=TEXT … | -f FILE [-w W [-g RG] [--subscription S] | --remote] [--no-wait]",
    "deployment update -f FILE [-n NAME] [-e ENDPOINT] [--set a.b=v …] [--trust] [--environment NAME] | -n NAME -e ENDPOINT [--trust] [--set description=TEXT | tags.NAME=TEXT | settings.KEY=V …] [-w W [-g RG] [--subscription S] | --remote] [--no-wait]",
    "model delete -n NAME [--version V] --yes",
    "job list [-e ENDPOINT [-d DEPLOYMENT]] [--max-results N] [--include-archived] [--archived-only] [--parent-job-name JOB] [-w W [-g RG] [--subscription S] | --remote]",
    "job update -n JOB [--priority low|medium|high] [--first | --last | --before JOB]",
    "job compare A B [--tolerance X] [--output-path FILE|DIR]",
    "watch remove DIR [-n ENDPOINT]",
  ])("names what is parsed: %s", (line) => {
    expect(usageOf(line.split(" ").slice(0, 2).join(" "))).toBe(line);
  });

  test("has to be kept: what it shows by itself is required, and a letter or a name is taken alike", async () => {
    expect((await run("model create -n m")).stderr).toMatch(
      /^--path is missing\. Usage: batchdeck model create -n NAME/,
    );
    expect((await run("watch remove")).stderr).toMatch(/^Something is missing\. Usage: batchdeck watch remove DIR/);
    expect((await run("job show a -n b")).stderr).toMatch(/^"a" is not expected here\./);
    for (const version of ["-v 1", "--version 1"]) {
      expect((await run(`model show --name nosuch ${version}`)).stderr).toMatch(/^There is no model "nosuch"\./);
    }
  });
});

function never(words: string): never {
  throw new Error(`There is no command "${words}".`);
}
