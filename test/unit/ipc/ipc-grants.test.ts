import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { createGrants } from "../../../electron/ipc/grants.ts";

let folder = "";
beforeEach(() => {
  folder = mkdtempSync(path.join(os.tmpdir(), "batchdeck-grants-"));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

test("a folder and a file become ids that name no path", async () => {
  const grants = createGrants();
  mkdirSync(path.join(folder, "scans"));
  writeFileSync(path.join(folder, "rows.csv"), "a\n1\n");
  const scans = await grants.grantInput(path.join(folder, "scans"));
  const rows = await grants.grantInput(path.join(folder, "rows.csv"));
  if (!scans.ok || !rows.ok) throw new Error("not granted");
  expect(scans.value).toMatchObject({ name: "scans", kind: "folder" });
  expect(rows.value).toMatchObject({ name: "rows.csv", kind: "file" });
  expect(JSON.stringify([scans, rows])).not.toContain(folder);
  expect(grants.input(rows.value.grantId)).toEqual({
    ok: true,
    value: { grant: rows.value, path: path.join(folder, "rows.csv") },
  });
});

test("what does not exist is not granted", async () => {
  expect(await createGrants().grantInput(path.join(folder, "none"))).toMatchObject({
    ok: false,
    problem: { code: "input/not-found" },
  });
});

test("a path, or an id of another kind, opens nothing", async () => {
  const grants = createGrants();
  const output = grants.grantOutput(folder);
  expect(grants.input(folder)).toMatchObject({ ok: false });
  expect(grants.input(output)).toMatchObject({ ok: false });
  expect(grants.output(folder)).toMatchObject({ ok: false });
  expect(grants.output(output)).toEqual({ ok: true, value: folder });
  expect(grants.output(null)).toEqual({ ok: true, value: null });
});

test("old grants are forgotten, the newest are kept", async () => {
  const grants = createGrants();
  const first = grants.grantOutput(folder);
  let last = first;
  for (let count = 0; count < 1000; count += 1) last = grants.grantOutput(folder);
  expect(grants.output(first)).toMatchObject({ ok: false });
  expect(grants.output(last)).toMatchObject({ ok: true });
});
