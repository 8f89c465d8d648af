import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { externalFileName, listFolder, onlyOnnxFile } from "../../../electron/deployments/models/model-files.ts";
import { englishWords } from "../../../electron/contract/words/english-problems.ts";

let folder = "";

beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), "batchdeck-files-"));
});
afterEach(() => {
  rmSync(folder, { recursive: true, force: true });
});

describe("where a model's data may be", () => {
  test.each([
    ["model.onnx", "weights.bin", "weights.bin"],
    ["sub/model.onnx", "weights.bin", "sub/weights.bin"],
    ["model.onnx", "./data/w.bin", "data/w.bin"],
    ["model.onnx", "..weights", "..weights"],
  ])("of %s at %s is %s", (onnx, location, name) => {
    expect(externalFileName(onnx, location)).toEqual({ ok: true, value: name });
  });

  test.each([
    "",
    "/etc/passwd",
    "../weights.bin",
    "data/../../weights.bin",
    "..",
    "..\\weights.bin",
    "C:\\weights.bin",
    "C:weights.bin",
    "\\\\server\\share\\w.bin",
    "//server/share/w.bin",
    "file:///etc/passwd",
    "http://somewhere/w.bin",
    "weights.bin\0.txt",
  ])("is not %j", (location) => {
    const answer = externalFileName("model.onnx", location);
    expect(answer).toMatchObject({ ok: false, problem: { code: "model/outside-files" } });
    if (!answer.ok) expect(englishWords(answer.problem).message).not.toMatch(/[\0\n]/);
  });
});

describe("a model's folder", () => {
  test("is listed by name, with links inside it followed", async () => {
    mkdirSync(path.join(folder, "b"));
    writeFileSync(path.join(folder, "b/model.onnx"), "12345");
    writeFileSync(path.join(folder, "a.txt"), "1");
    symlinkSync("b/model.onnx", path.join(folder, "c.copy"));
    const listed = await listFolder(folder, "model");
    if (!listed.ok) throw new Error(englishWords(listed.problem).message);
    expect(listed.value.map(({ name, sizeBytes }) => [name, sizeBytes])).toEqual([
      ["a.txt", 1],
      ["b/model.onnx", 5],
      ["c.copy", 5],
    ]);
    expect(onlyOnnxFile(folder, listed.value)).toEqual({ ok: true, value: "b/model.onnx" });
  });

  test.each([
    ["out of it", tmpdir()],
    ["to a folder in it", "inner"],
  ])("with a link %s is refused", async (_where, target) => {
    mkdirSync(path.join(folder, "inner"));
    symlinkSync(target, path.join(folder, "link"));
    expect(await listFolder(folder, "model")).toMatchObject({ ok: false, problem: { code: "model/outside-files" } });
  });

  test("beside a folder whose name goes on like its own is not inside that", async () => {
    const other = `${folder}-other`;
    mkdirSync(other);
    writeFileSync(path.join(other, "secret"), "");
    symlinkSync(path.join(other, "secret"), path.join(folder, "link"));
    const listed = await listFolder(folder, "model");
    rmSync(other, { recursive: true });
    expect(listed).toMatchObject({ ok: false, problem: { code: "model/outside-files" } });
  });

  test("names the models it holds when there are several", () => {
    const files = ["a.onnx", "b.ONNX", "c.txt"].map((name) => ({
      name,
      source: name,
      sizeBytes: 1,
      links: 1,
      identity: "1:1",
    }));
    const answer = onlyOnnxFile("net", files);
    expect(answer).toMatchObject({ ok: false, problem: { code: "model/invalid" } });
    if (!answer.ok) expect(englishWords(answer.problem).message).toContain("2 .onnx files (a.onnx, b.ONNX)");
  });
});
