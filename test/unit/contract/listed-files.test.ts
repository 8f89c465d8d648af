import { execFileSync } from "node:child_process";
import fs from "node:fs";
import path from "node:path";
import { beforeEach, describe, expect, test } from "vitest";
import { type FileCalls, fileOpener, isReplaced, type ListedFacts } from "../../../electron/contract/listed-files.ts";
import { systemErrno } from "../../../electron/contract/errno.ts";
import { prepareSwap, type SwapKind, swapKinds, type SwapPlace, writeSwapPlace } from "../../helpers/data/swaps.ts";
import { temporaryFolder } from "../../helpers/places.ts";

/** Only what was listed is opened, whatever has taken its place meanwhile. */
const root = fs.realpathSync(temporaryFolder("listed-files"));
const file = "s000/a.csv";
let rounds = 0;
let swapPlace: SwapPlace;
let place = "";
let listed: ListedFacts = { sizeBytes: 0, modifiedMs: 0 };

beforeEach(async () => {
  rounds += 1;
  swapPlace = await writeSwapPlace(path.join(root, String(rounds)), ["a.csv"], (to, word) =>
    fs.writeFileSync(to, word),
  );
  place = path.join(swapPlace.input, file);
  const { size, mtimeMs, ino } = fs.statSync(place);
  listed = { sizeBytes: size, modifiedMs: mtimeMs, inode: ino };
});

/** The bytes that are read, or why there are none. */
function contentBy({ open }: Pick<ReturnType<typeof fileOpener>, "open">, facts = listed): string {
  try {
    const opened = open(place, facts);
    if (opened === null) return "another";
    try {
      return fs.readFileSync(opened, "utf8");
    } finally {
      fs.closeSync(opened);
    }
  } catch (error) {
    const errno = systemErrno(error);
    return errno === "ENOENT" || isReplaced(errno) ? "another" : `error ${errno}`;
  }
}

/** The first has the places of open files told by Linux; the others ask for paths, as is done elsewhere. */
const systems = ["linux", "darwin", "win32"].filter((name) => name !== "linux" || process.platform === "linux");

describe.skipIf(process.platform === "win32").each(systems)("as on %s", (platform) => {
  const opener = fileOpener(fs, platform);

  test("a file that is there still is opened", () => {
    expect(contentBy(opener)).toBe("inside_");
    expect(contentBy(opener, { ...listed, inode: undefined })).toBe("inside_");
  });

  test.each(swapKinds)("what has taken its place is not: %s", (kind) => {
    prepareSwap(swapPlace, file, kind).take();
    expect(contentBy(opener)).toBe("another");
  });

  const seenByPlaceAlone = swapKinds.filter((kind) => kind !== "hard link" && kind !== "other file");
  test.each(seenByPlaceAlone)("nor where inode numbers tell nothing: %s", (kind) => {
    prepareSwap(swapPlace, file, kind).take();
    expect(contentBy(opener, { ...listed, inode: undefined })).toBe("another");
  });

  test("a file that was written meanwhile, or is longer, is not", () => {
    fs.appendFileSync(place, "x");
    expect(contentBy(opener)).toBe("another");
    expect(contentBy(opener, { ...listed, sizeBytes: 8 })).toBe("another");
  });

  test.each<SwapKind>(["link", "folder link"])(
    "nor is it to a library, when it was a %s that the path led through",
    (kind) => {
      const opened = opener.open(place, listed);
      if (opened === null) throw new Error("It was not opened.");
      const library = opener.forLibrary(opened, place);
      expect(library.isThere()).toBe(true);
      prepareSwap(swapPlace, file, kind).take();
      // On Linux it reads the open file; elsewhere it turns out afterwards that it did not.
      expect(fs.readFileSync(library.path, "utf8")).toBe(platform === "linux" ? "inside_" : "outside");
      expect(library.isThere()).toBe(false);
      fs.closeSync(opened);
    },
  );
});

describe.skipIf(process.platform !== "linux")("places that Linux tells in another way", () => {
  const telling = (tell: (told: string) => string): FileCalls => ({
    ...fs,
    readlinkSync: (link) => tell(fs.readlinkSync(link)),
  });

  test.each<[string, (told: string) => string]>([
    ["with other capitals", (told) => told.toUpperCase()],
    ["cut", (told) => told.slice(0, 20)],
  ])("%s are asked of the path instead", (_how, tell) => {
    const opener = fileOpener(telling(tell), "linux");
    expect(contentBy(opener)).toBe("inside_");
    prepareSwap(swapPlace, file, "link").take();
    expect(contentBy(opener)).toBe("another");
  });
});

test.skipIf(process.platform === "win32")("a pipe keeps nobody waiting, whether a user named it or a listing", () => {
  const pipe = path.join(swapPlace.outside, "pipe");
  execFileSync("mkfifo", [pipe]);
  const { flags, namedFlags } = fileOpener(fs, process.platform);
  for (const wanted of [flags, namedFlags]) fs.closeSync(fs.openSync(pipe, wanted));
});
