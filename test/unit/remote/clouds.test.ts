import fs from "node:fs";
import path from "node:path";
import { describe, expect, it } from "vitest";
import { problemSentence } from "../../../electron/contract/words/english-problems.ts";
import { readCloud } from "../../../electron/remote/clouds.ts";
import { temporaryFolder } from "../../helpers/places.ts";

const folder = temporaryFolder("clouds");
const file = path.join(folder, "lab.json");
const lab = {
  name: "Lab",
  authority: "https://login.lab.test:8443",
  resource_manager: "https://management.lab.test:8443",
  ml_resource: "https://ml.lab.test",
  resource_manager_resource: "https://management.lab.test/",
  storage_resource: "https://storage.lab.test/",
  hosts: ["management.lab.test:8443", "*.blob.lab.test"],
};

function read(content: unknown): string | object {
  fs.writeFileSync(file, typeof content === "string" ? content : JSON.stringify(content));
  const cloud = readCloud(file);
  return cloud.ok ? cloud.value : problemSentence(cloud.problem);
}

it("a cloud is Azure's public one unless named, and Microsoft's are known by name in any case", () => {
  expect(readCloud(null)).toMatchObject({ value: { name: "AzureCloud" } });
  expect(readCloud("azureusgovernment")).toMatchObject({ value: { authority: "https://login.microsoftonline.us" } });
  expect(readCloud("AzureChinaCloud")).toMatchObject({ value: { ml_resource: "https://ml.azure.cn" } });
});

describe("a cloud file", () => {
  it("is a cloud, with its certificate authorities beside it", () => {
    expect(read(lab)).toEqual(lab);
    expect(read(`\uFEFF${JSON.stringify({ ...lab, ca_file: "ca.pem", resolve: { "a.test": "127.0.0.1" } })}`)).toEqual({
      ...lab,
      ca_file: path.join(folder, "ca.pem"),
      resolve: { "a.test": "127.0.0.1" },
    });
  });

  it.each([
    ["authority", "http://login.lab.test"],
    ["authority", "https://login.lab.test/common"],
    ["authority", "https://user@login.lab.test"],
    ["authority", "https://LOGIN.lab.test"],
    ["resource_manager", "https://management.lab.test?x"],
    ["ml_resource", "ml"],
    ["name", "Lab\u001b[31m"],
    ["hosts", []],
    ["hosts.0", ["*"]],
    ["hosts.1", ["a.test", "*.test"]],
    ["resolve.a.test", { "a.test": "b.test" }],
    ["storage_resource", undefined],
    ["password", "secret~"],
  ])("with a wrong %s (%j) is refused in one sentence that names it", (key, value) => {
    const [name = ""] = key.split(".");
    const sentence = read({ ...lab, [name]: value });
    expect(sentence).toMatch(new RegExp(`^"${key}" of the cloud file ".*lab\\.json" cannot be used: [^.]`));
    expect(sentence).not.toContain("secret~");
  });

  it.each(["", "[]", "no JSON", "null", '"AzureCloud"'])("that holds %j is refused", (content) => {
    expect(read(content)).toMatch(/lab\.json/);
  });

  it("that is not there, or is a folder, is refused", () => {
    const missing = readCloud(path.join(folder, "none.json"));
    expect(!missing.ok && problemSentence(missing.problem)).toContain(
      "(ENOENT). Name a JSON file, or one of AzureCloud",
    );
    expect(readCloud(folder)).toMatchObject({ ok: false });
  });
});
