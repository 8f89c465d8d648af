import path from "node:path";
import { describe, expect, test } from "vitest";
import { runInProcess } from "../../helpers/command-line.ts";
import { temporaryFolder } from "../../helpers/places.ts";

/** What people know from `az ml` and type here. */
const home = path.join(temporaryFolder("azure-options"), "home");
const run = (line: string) => runInProcess(home, ...line.split(" "));

describe("Azure's nouns", () => {
  test("batch-endpoint is endpoint, and batch-deployment is deployment", async () => {
    expect(await run("batch-endpoint create --name churn")).toMatchObject({ code: 0, stderr: "" });
    expect(await run("batch-endpoint show --name churn --query name -o tsv")).toMatchObject({ stdout: "churn\n" });
    expect((await run("batch-deployment list --endpoint-name churn")).stderr).toMatch(/has no deployments yet/);
    expect((await run("batch-endpoint --help")).stdout).toMatch(/^batchdeck endpoint create/);
    expect((await run("batch-endpoint")).stderr).toMatch(/^"batch-endpoint" needs a verb\. Known: endpoint create/);
  });
});

describe("options of Azure's without a meaning here", () => {
  test("are taken, and one line says so", async () => {
    const ran = await run("watch list -g rg --workspace-name ws --subscription s --verbose --json");
    expect(ran).toMatchObject({
      code: 0,
      stderr: "Without effect on this computer: --resource-group, --workspace-name, --subscription, --verbose.\n",
    });
    expect(JSON.parse(ran.stdout)).toBeInstanceOf(Array);
    // Without a workspace, its group names none.
    expect(await run("endpoint list -g rg -o none")).toMatchObject({
      code: 0,
      stderr: "Without effect on this computer: --resource-group.\n",
    });
  });

  test("are passed over in silence where only errors are to be shown", async () => {
    expect(await run("watch list --only-show-errors -w ws -o none")).toEqual({ code: 0, stdout: "", stderr: "" });
  });

  test.each([
    "compute create -n batch-cluster --type amlcompute --min-instances 0 --max-instances 5",
    "compute create -n gpu --type amlcompute --size STANDARD_NC6s_v3 --min-instances 0 --max-instances 2 -d 60",
    "endpoint create -n waits --no-wait",
    "endpoint delete -n waits --yes --no-wait",
  ])("are those of the command: %s", async (line) => {
    const ran = await run(line);
    expect(ran.code, ran.stderr).toBe(0);
    expect(ran.stderr).toMatch(/^Without effect on this computer: /);
  });
});

describe("an option", () => {
  test("may be cut short as long as it is still only that one", async () => {
    expect((await run("endpoint create --na short")).code).toBe(0);
    expect((await run("deployment list --endpoint short")).stderr).toMatch(/short has no deployments/);
    expect((await run("endpoint list --out json")).code).toBe(0);
    expect((await run("invoke --na short --input-t uri_file --in x")).stderr).toMatch(
      /^"--in" may be any of --input, --input-type, .*\. See: batchdeck invoke --help\n$/,
    );
  });

  test("that is unknown is named, with the one that was likely meant", async () => {
    expect((await run("endpoint list --outptu json")).stderr).toBe(
      'Unknown option "--outptu"; did you mean "--output"? See: batchdeck endpoint list --help\n',
    );
    expect((await run("endpoint list --colour red")).stderr).toBe(
      'Unknown option "--colour". See: batchdeck endpoint list --help\n',
    );
    expect((await run("endpoint list -x")).stderr).toMatch(/^Unknown option "-x"\./);
  });

  test("--set takes several pairs at once, and again", async () => {
    expect((await run("endpoint update -n short --set tags.a=1 tags.b=x=y --set description=d")).code).toBe(0);
    expect(JSON.parse((await run("endpoint show -n short --json")).stdout)).toMatchObject({
      description: "d",
      tags: { a: "1", b: "x=y" },
    });
  });
});

describe("an unknown word", () => {
  test.each([
    ["endpiont list", '"endpiont" is not a command; did you mean "endpoint"? See: batchdeck --help\n'],
    [
      "batch-endpoints list",
      '"batch-endpoints" is not a command; did you mean "batch-endpoint"? See: batchdeck --help\n',
    ],
    ["job strem -n x", /^"job strem" is not a command; did you mean "job stream"\? Known: job list, /],
    ["batch-endpoint lst", /^"batch-endpoint lst" is not a command; did you mean "endpoint list"\? Known: /],
  ])("suggests the nearest: %s", async (line, says) => {
    const ran = await run(line);
    expect(ran).toMatchObject({ code: 2, stdout: "" });
    if (typeof says === "string") expect(ran.stderr).toBe(says);
    else expect(ran.stderr).toMatch(says);
  });
});

describe("lists", () => {
  test("--max-results gives the first ones", async () => {
    await run("endpoint create -n zebra");
    const all = JSON.parse((await run("endpoint list --json")).stdout) as unknown[];
    expect(JSON.parse((await run("endpoint list --json --max-results 1")).stdout)).toEqual(all.slice(0, 1));
    expect(JSON.parse((await run("endpoint list --json -r 2")).stdout)).toEqual(all.slice(0, 2));
    expect((await run("job list --max-results none")).stderr).toBe(
      "--max-results needs a whole number of at least 1.\n",
    );
  });
});
