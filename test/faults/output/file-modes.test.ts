import fs from "node:fs";
import path from "node:path";
import { afterEach, describe, expect, it } from "vitest";
import { fileModeIn, ownerOnly } from "../../../electron/contract/processes/file-modes.ts";
import { isLong } from "../../helpers/engine/fault-shim.ts";
import { passUntilJob, simulatedBenches } from "../../helpers/engine/simulated-bench.ts";
import { hasEnded } from "../../helpers/engine/workspaces.ts";
import { seededRandom } from "../../helpers/random.ts";

/** MODES_SEED repeats the umasks and modes of a run. */
const newBench = simulatedBenches("file-modes");
const seed = Number(process.env["MODES_SEED"] ?? Math.floor(Math.random() * 1e9));
const rounds = isLong ? 500 : 10;
const usual = process.umask();
afterEach(() => {
  process.umask(usual);
});

function allIn(folder: string): readonly string[] {
  return fs.readdirSync(folder, { recursive: true, encoding: "utf8" }).map((name) => path.join(folder, name));
}
const modeOf = (place: string): number => fs.statSync(place).mode & 0o777;
const octal = (mode: number): string => mode.toString(8);

/** A workspace's files that others could read or change, with their modes. */
function openToOthers(home: string): readonly string[] {
  return allIn(home)
    .filter((place) => !path.relative(home, place).startsWith("outputs"))
    .filter((place) => (modeOf(place) & ~ownerOnly.folder) !== 0)
    .map((place) => `${path.relative(home, place)} ${octal(modeOf(place))}`);
}

describe.skipIf(process.platform === "win32")(`files under any umask, in folders of any mode (seed ${seed})`, () => {
  it.each(Array.from({ length: rounds }, (_none, round) => round))(
    "of a workspace are its owner's, and results follow their folder (round %d)",
    async (round) => {
      const random = seededRandom(seed + round);
      // The owner may do everything: without that nothing works.
      const any = () => Math.floor(random() * 0o100);
      const bench = newBench();
      const out = bench.outOf("kept");
      fs.mkdirSync(bench.home, { recursive: true });
      fs.mkdirSync(out, { recursive: true });
      const [homeMode, outMode, umask] = [0o700 | any(), 0o700 | any(), any()];
      fs.chmodSync(bench.home, homeMode);
      fs.chmodSync(out, outMode);
      process.umask(umask);
      const workspace = bench.open();
      workspace.engine.start();
      bench.submit(workspace, "kept", { miniBatches: 4 });
      expect((await passUntilJob(workspace, "kept", hasEnded)).status).toBe("Completed");
      expect(openToOthers(bench.home)).toEqual([]);
      expect([octal(modeOf(bench.home)), octal(modeOf(out))]).toEqual([octal(homeMode), octal(outMode)]);
      const wanted = octal(fileModeIn({ mode: outMode }) & ~umask);
      const record = path.join(out, "job.json");
      expect([record, octal(modeOf(record))]).toEqual([record, wanted]);
    },
  );
});
