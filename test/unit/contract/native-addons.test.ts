import { expect, test } from "vitest";
import { chooseAddon } from "../../../electron/contract/processes/native-addons.ts";

const env = { BATCHDECK_SQLITE_BINDING: "/cache/sqlite.node", BATCHDECK_JPEG_BINDING: "/cache/jpeg.node" };

test("a runtime with the Node-API that the addons ask for loads those of the packages, whatever is named", () => {
  for (const napi of ["10", "11"]) {
    expect(chooseAddon("sqlite", { versions: { napi }, env })).toEqual({ ok: true, file: null });
    expect(chooseAddon("jpeg", { versions: { napi }, env: {} })).toEqual({ ok: true, file: null });
  }
});

test("an older runtime loads the file that is named for the addon", () => {
  expect(chooseAddon("sqlite", { versions: { napi: "9" }, env })).toEqual({ ok: true, file: "/cache/sqlite.node" });
  expect(chooseAddon("jpeg", { versions: { napi: "9" }, env })).toEqual({ ok: true, file: "/cache/jpeg.node" });
});

test("an older runtime loads nothing where no file is named, and the sentence tells what to name", () => {
  const only = { BATCHDECK_SQLITE_BINDING: "/cache/sqlite.node", BATCHDECK_JPEG_BINDING: "" };
  expect(chooseAddon("jpeg", { versions: { napi: "9" }, env: only })).toEqual({
    ok: false,
    message:
      "@julusian/jpeg-turbo needs Node-API 10, and this runtime has 9: " +
      "BATCHDECK_JPEG_BINDING must name a build of it for an older one.",
  });
  expect(chooseAddon("sqlite", { versions: {}, env: {} }).ok).toBe(false);
});
