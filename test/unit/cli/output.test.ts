import path from "node:path";
import { beforeAll, describe, expect, test } from "vitest";
import { parse } from "yaml";
import { createScreen } from "../../../electron/cli/terminal/screen.ts";
import { tableLines } from "../../../electron/cli/terminal/tables.ts";
import { runInProcess } from "../../helpers/command-line.ts";
import { temporaryFolder } from "../../helpers/places.ts";

const home = path.join(temporaryFolder("output"), "home");
const run = (...args: string[]) => runInProcess(home, ...args);

beforeAll(async () => {
  await run("endpoint", "create", "-n", "churn", "--set", "description=Who leaves", "tags.team=a");
  await run("endpoint", "create", "-n", "flowers");
});

describe("--output", () => {
  const view = { name: "churn", description: "Who leaves", tags: { team: "a" } };

  test("json and --json print one document, and so does jsonc where nobody sees colours", async () => {
    const { stdout } = await run("endpoint", "show", "-n", "churn", "--json");
    expect(JSON.parse(stdout)).toMatchObject(view);
    for (const more of [["-o", "json"], ["--output", "json"], ["--output=json"], ["-o", "jsonc"], ["-o", "JSON"]]) {
      expect(await run("endpoint", "show", "-n", "churn", ...more)).toEqual({ code: 0, stdout, stderr: "" });
    }
  });

  test("yaml prints the same as YAML", async () => {
    const { stdout } = await run("endpoint", "show", "-n", "churn", "-o", "yaml");
    expect(parse(stdout)).toMatchObject(view);
  });

  test("tsv prints values with tabs between them, a line each, and nothing for null", async () => {
    const names = await run("endpoint", "list", "--query", "[].name", "-o", "tsv");
    expect(names).toEqual({ code: 0, stdout: "churn\nflowers\n", stderr: "" });
    const pairs = await run("endpoint", "list", "--query", "[].{Name:name,Team:tags.team,All:tags}", "-o", "tsv");
    expect(pairs.stdout).toBe('churn\ta\t{"team":"a"}\nflowers\t\t{}\n');
    expect((await run("endpoint", "show", "-n", "churn", "--query", "nosuch", "-o", "tsv")).stdout).toBe("");
  });

  test("tsv lets no value begin another column or line", async () => {
    await run("endpoint", "create", "-n", "odd", "--set", "description=a\tb\nc");
    const { stdout } = await run("endpoint", "show", "-n", "odd", "--query", "[name, description]", "-o", "tsv");
    expect(stdout).toBe("odd\na\\u{9}b\\u{a}c\n");
    await run("endpoint", "delete", "-n", "odd", "--yes");
  });

  test("table prints the columns of the list, or those that the query names", async () => {
    expect((await run("endpoint", "list", "-o", "table")).stdout.split("\n")[0]).toBe("Name     Description  Defaults");
    expect((await run("endpoint", "list", "-o", "table", "--query", "[].{Who:name}")).stdout).toBe(
      "Who\n-------\nchurn\nflowers\n",
    );
  });

  test("none prints nothing, and what was asked for is done", async () => {
    expect(await run("endpoint", "create", "-n", "silent", "-o", "none")).toEqual({ code: 0, stdout: "", stderr: "" });
    expect(await run("endpoint", "delete", "-n", "silent", "--yes", "-o", "none")).toMatchObject({
      code: 0,
      stdout: "",
    });
  });

  test.each([
    [["-o", "yml"], /--output "yml" is not a format; did you mean yaml\? Use json, jsonc, yaml, table, tsv or none\./],
    [["-o", "json", "-o"], /-o|--output/],
    [["--json", "-o", "tsv"], /--json and --output tsv exclude each other/],
  ])("is refused when it is no format: %j", async (more, says) => {
    const ran = await run("endpoint", "list", ...more);
    expect(ran).toMatchObject({ code: 2, stdout: "" });
    expect(ran.stderr).toMatch(says);
  });
});

describe("--query", () => {
  test("prints what JMESPath finds, as JSON unless another format is asked for", async () => {
    const ran = await run("endpoint", "show", "-n", "churn", "--query", "{Name:name, Team:tags.team}");
    expect(JSON.parse(ran.stdout)).toEqual({ Name: "churn", Team: "a" });
    expect((await run("endpoint", "list", "--query", "[?name=='flowers'].name | [0]")).stdout).toBe('"flowers"\n');
    // Azure's older spelling of a text.
    expect((await run("endpoint", "list", "--query", "[?name==`flowers`].name", "-o", "tsv")).stdout).toBe("flowers\n");
    expect((await run("endpoint", "show", "-n", "churn", "--query", "nosuch")).stdout).toBe("null\n");
  });

  test("that cannot be read refuses before anything is done", async () => {
    const ran = await run("endpoint", "create", "-n", "never", "--query", "[");
    expect(ran).toMatchObject({ code: 2, stdout: "" });
    expect(ran.stderr).toMatch(/^--query "\[" cannot be used: .*jmespath\.org\n$/);
    expect((await run("endpoint", "show", "-n", "never")).code).toBe(2);
  });

  test("that does not fit the result says so and ends with 2", async () => {
    const ran = await run("endpoint", "list", "--query", "abs(name)");
    expect(ran).toMatchObject({ code: 2, stdout: "" });
    expect(ran.stderr).toMatch(/^--query "abs\(name\)" cannot be used: /);
  });
});

describe("a table", () => {
  const lines = [
    ["name", "path"],
    ["a", "/a/very/long/path/that/fills/the/terminal"],
  ];

  test("fits the terminal: its widest columns are cut, and that is seen", () => {
    expect(tableLines(lines, 20)).toEqual(["name  path", "a     /a/very/long/…"]);
  });

  test("is whole where there is no terminal", () => {
    expect(tableLines(lines, null)[1]).toBe("a     /a/very/long/path/that/fills/the/terminal");
  });
});

test("jsonc has colours on a terminal, and texts of others cannot make any", () => {
  let shown = "";
  const screen = createScreen({
    width: 80,
    resultWidth: 80,
    stdout: (text) => (shown += text),
    stderr: () => {},
    ask: null,
  });
  screen.document(JSON.stringify({ name: "\u001b[31mred", count: 2 }), "json");
  const plain = shown.replaceAll(/\u001b\[\d+m/g, "");
  expect(plain).toBe('{"name":"\\u001b[31mred","count":2}\n');
  expect(shown).not.toBe(plain);
});
