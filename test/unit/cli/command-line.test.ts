import path from "node:path";
import { expect, test } from "vitest";
import { runInProcess } from "../../helpers/command-line.ts";
import { temporaryFolder } from "../../helpers/places.ts";

const home = path.join(temporaryFolder("command-line"), "home");

test("a command prints its result on stdout and its notes on stderr", async () => {
  expect(await runInProcess(home, "compute", "show", "-n", "local", "--json")).toMatchObject({ code: 0, stderr: "" });
  expect(await runInProcess(home, "endpoint", "list")).toEqual({
    code: 0,
    stdout: "",
    stderr: "There are no endpoints yet. Make one: batchdeck endpoint create -n NAME\n",
  });
});

test("a refusal is one line on stderr and ends with 2", async () => {
  expect(await runInProcess(home, "endpoint", "show", "-n", "nosuch")).toEqual({
    code: 2,
    stdout: "",
    stderr: 'There is no endpoint "nosuch". Make it with "endpoint create -n nosuch".\n',
  });
});
