import fs from "node:fs";
import path from "node:path";
import { afterEach, describe, expect, it } from "vitest";
import { batchdeckJson, type Running } from "../helpers/batchdeck.ts";
import { isLong } from "../helpers/engine/fault-shim.ts";
import { helpersOf, kill } from "../helpers/processes.ts";
import { seededRandom } from "../helpers/random.ts";
import { temporaryFolder } from "../helpers/places.ts";
import {
  deployRows,
  idsOf,
  jobRows,
  put,
  scoredIds,
  startWatching,
  stopWatching,
  submittedFiles,
  tableOf,
  untilScored,
} from "../helpers/watches.ts";
import { until } from "../helpers/until.ts";
import { sleep } from "../helpers/sleep.ts";

/**
 * Whatever process dies at whatever moment while files arrive, every file is scored once. The moments come from a seed,
 * which is printed; set KILL_SEED to see one again.
 */
const seed = Number(process.env["KILL_SEED"] ?? Math.floor(Math.random() * 1e9));
const rounds = isLong ? 20 : 1;
const kills = 12;
const root = temporaryFolder("watch-kills");

let watching: Running | null = null;
afterEach(async () => {
  if (watching !== null) await stopWatching(watching);
  watching = null;
});

describe("a watched folder", () => {
  for (let round = 0; round < rounds; round += 1) {
    it(`has each of 1,000 files scored once, whatever is killed meanwhile (round ${round + 1})`, async () => {
      const random = seededRandom(seed + round);
      console.log(`watch kill seed: ${seed + round}`);
      const home = path.join(root, `home-${round}`);
      const folder = path.join(root, `in-${round}`);
      fs.mkdirSync(folder);
      await deployRows(home, "rows");
      await batchdeckJson(home, "watch", "add", folder, "-n", "rows", "--settle", "0.2");
      const names = Array.from({ length: 1000 }, (_, file) => `part-${file}.csv`);
      watching = startWatching(home);
      let written = 0;
      const writeSome = (files: number) => {
        for (const name of names.slice(written, written + files)) {
          // Half of them come as programs deliver them that mind: written elsewhere, then renamed.
          const first = random() < 0.5 ? `${name}.tmp` : name;
          put(folder, first, tableOf(name));
          if (first !== name) fs.renameSync(path.join(folder, first), path.join(folder, name));
        }
        written += files;
      };
      const killed = { engine: 0, helper: 0 };
      while (killed.engine + killed.helper < kills) {
        writeSome(20 + Math.floor(random() * 40));
        // Any moment, or soon after something was taken: while its job is made, begins and runs.
        if (random() < 0.7) {
          const before = submittedFiles(home);
          await until(() => submittedFiles(home) > before);
        }
        await sleep(random() * 400);
        const helpers = helpersOf(watching.child.pid ?? 0);
        if (random() < 0.6) {
          if (helpers.length === 0) continue;
          kill(helpers[Math.floor(random() * helpers.length)], "SIGKILL");
          killed.helper += 1;
        } else {
          kill(watching.child.pid, "SIGKILL");
          await watching.ended;
          // Files also arrive while nobody watches.
          writeSome(20);
          watching = startWatching(home);
          killed.engine += 1;
        }
      }
      writeSome(names.length - written);
      await untilScored(home, names.length, watching);
      expect(scoredIds(home)).toEqual(names.flatMap((name) => idsOf(name)).sort());
      expect(jobRows(home).filter(({ failed }) => failed > 0)).toEqual([]);
      console.log(
        `${jobRows(home).length} jobs, ${killed.engine} kills of the command, ${killed.helper} of its processes`,
      );
      // A few jobs of many files, not one for each.
      expect(jobRows(home).length).toBeLessThan(100);
    });
  }
});
