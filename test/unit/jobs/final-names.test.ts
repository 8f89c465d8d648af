import fs from "node:fs";
import path from "node:path";
import { beforeEach, describe, expect, it } from "vitest";
import { finalizeFiles } from "../../../electron/jobs/run/final-names.ts";
import type { JobFiles } from "../../../electron/jobs/folder/job-files.ts";
import type { WrittenParts } from "../../../electron/contract/nouns/written-file.ts";
import { partOf } from "../../helpers/engine/simulated-host.ts";
import { temporaryFolder } from "../../helpers/places.ts";

const root = temporaryFolder("finalizing");
let folder = "";
let count = 0;
let files: JobFiles;

const at = (name: string) => path.join(folder, name);
const read = (name: string) => fs.readFileSync(at(name), "utf8");

beforeEach(() => {
  count += 1;
  folder = path.join(root, String(count));
  fs.mkdirSync(folder);
  files = {
    folder,
    listing: at("listing.jsonl"),
    segments: at("segments"),
    logs: "",
    rowsPart: at("predictions.csv.part"),
    errorsPart: at("errors.csv.part"),
    parquetPart: null,
    itemFolders: [],
    predictions: at("predictions.csv"),
    partialPredictions: at("predictions.partial.csv"),
    errors: at("errors.csv"),
    record: at("job.json"),
    recordPart: at("job.json.part"),
  };
  fs.writeFileSync(files.rowsPart, "rows");
  fs.writeFileSync(files.errorsPart, "errors");
  written = {
    rows: partOf(files.rowsPart),
    errors: partOf(files.errorsPart),
    parquet: null,
    arrays: null,
    images: null,
  };
});

let written: WrittenParts;

const names = () => ({
  predictions: { part: files.rowsPart, final: files.predictions },
  itemFolders: [],
  record: "{}",
  replaced: null,
  written,
});

describe("giving files their final names", () => {
  it("renames them and leaves no .part behind", async () => {
    expect(await finalizeFiles(files, names())).toBeNull();
    expect(fs.readdirSync(folder).sort()).toEqual(["errors.csv", "job.json", "predictions.csv"]);
    expect([read("predictions.csv"), read("errors.csv"), read("job.json")]).toEqual(["rows", "errors", "{}"]);
  });

  it("can be interrupted after any step and done again", async () => {
    // Interrupted between the link and the unlink of the first file.
    fs.linkSync(files.rowsPart, files.predictions);
    expect(await finalizeFiles(files, names())).toBeNull();
    // Done wholly, but the word of it was lost.
    expect(await finalizeFiles(files, names())).toBeNull();
    expect(fs.readdirSync(folder).sort()).toEqual(["errors.csv", "job.json", "predictions.csv"]);
    expect(read("predictions.csv")).toBe("rows");
  });

  it("never replaces a file that somebody else put there meanwhile", async () => {
    fs.writeFileSync(files.predictions, "mine");
    expect(await finalizeFiles(files, names())).toMatchObject({ code: "output/exists" });
    expect(read("predictions.csv")).toBe("mine");
    expect(read("predictions.csv.part")).toBe("rows");
  });

  describe("of a retry", () => {
    const stood = () => ({
      predictions: partOf(files.predictions),
      errors: partOf(files.errors),
      record: null,
      arrays: null,
      images: null,
    });

    it("replaces those that stood there when it began", async () => {
      fs.writeFileSync(files.predictions, "older rows");
      fs.writeFileSync(files.errors, "older errors");
      expect(await finalizeFiles(files, { ...names(), replaced: stood() })).toBeNull();
      expect([read("predictions.csv"), read("errors.csv")]).toEqual(["rows", "errors"]);
    });

    it.each(["predictions", "errors", "record"] as const)("replaces no other: %s", async (which) => {
      fs.writeFileSync(files.predictions, "older rows");
      fs.writeFileSync(files.errors, "older errors");
      const replaced = stood();
      fs.writeFileSync(files[which], "a script's");
      expect(await finalizeFiles(files, { ...names(), replaced })).toMatchObject({ kind: "output/exists:appeared" });
      expect(fs.readFileSync(files[which], "utf8")).toBe("a script's");
      fs.rmSync(files[which]);
      expect(await finalizeFiles(files, { ...names(), replaced })).toBeNull();
      expect([read("predictions.csv"), read("errors.csv"), read("job.json")]).toEqual(["rows", "errors", "{}"]);
    });
  });

  it.each([false, true])("takes no file for the one that was written (replacing: %s)", async (replaces) => {
    const like = {
      ...names(),
      replaced: replaces ? { predictions: null, errors: null, record: null, arrays: null, images: null } : null,
    };
    fs.writeFileSync(at("other"), "rows");
    fs.utimesSync(at("other"), 1, 1);
    fs.rmSync(files.rowsPart);
    expect(await finalizeFiles(files, like), "gone").toMatchObject({ kind: "output/gone:part" });
    fs.renameSync(at("other"), files.predictions);
    expect(await finalizeFiles(files, like), "another one has the final name").toMatchObject({
      kind: "output/gone:part",
    });
    fs.renameSync(files.predictions, files.rowsPart);
    expect(await finalizeFiles(files, like), "another one").toMatchObject({ kind: "output/gone:part" });
    fs.rmSync(files.rowsPart);
    fs.symlinkSync(at("elsewhere"), files.rowsPart);
    expect(await finalizeFiles(files, like), "a link").toMatchObject({ kind: "output/gone:part" });
    expect(fs.existsSync(files.record)).toBe(false);
  });

  it.each(["", "ro", "rows and more"])("takes none that is not whole or has grown: %j", async (text) => {
    fs.writeFileSync(files.errorsPart, text);
    expect(await finalizeFiles(files, names())).toMatchObject({ kind: "output/gone:part" });
    expect(fs.existsSync(files.errors)).toBe(false);
    expect(fs.existsSync(files.record)).toBe(false);
  });

  it("writes its record into no file that a link leads to", async () => {
    fs.writeFileSync(at("notes.txt"), "mine");
    fs.symlinkSync(at("notes.txt"), `${files.record}.part`);
    expect(await finalizeFiles(files, names())).toBeNull();
    expect([read("notes.txt"), read("job.json")]).toEqual(["mine", "{}"]);
  });

  it("takes merged rows away that belong to no result", async () => {
    expect(await finalizeFiles(files, { ...names(), predictions: null })).toBeNull();
    expect(fs.readdirSync(folder).sort()).toEqual(["errors.csv", "job.json"]);
  });
});
