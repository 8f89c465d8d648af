import { readFileSync } from "node:fs";
import path from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import type { JobView } from "../../electron/contract/nouns/job.ts";
import { batchdeckJson } from "../helpers/batchdeck.ts";
import { readyCard, samplesFolder, waitForJob } from "../helpers/desktop/desktop-steps.ts";
import { type DesktopPlace, launchDesktop, makeDesktopPlace } from "../helpers/desktop/electron-app.ts";

/** The test runtime has an older Node than the command line needs (docs/decisions/0025). */

let place: DesktopPlace;

beforeEach(() => {
  place = makeDesktopPlace();
});
afterEach(() => place.remove());

const isOver = ({ ended_at }: JobView) => ended_at !== null;
const predictionsOf = (job: JobView) => readFileSync(path.join(job.output_path, job.output_file), "utf8");

test("JPEG pictures are scored as they are under Node, to the byte", async () => {
  const desktop = await launchDesktop(place);
  let scored: JobView;
  try {
    const card = await readyCard(desktop.page, "text-orientation");
    await card.getByRole("button", { name: /^Try it/ }).click();
    scored = await waitForJob(desktop.page, isOver);
  } finally {
    await desktop.close();
  }
  expect(scored).toMatchObject({ status: "Completed", succeeded: 48 });
  const pictures = path.join(samplesFolder, "text-orientation/data");
  const underNode = await batchdeckJson<JobView>(place.home, "invoke", "-n", "text-orientation", "--input", pictures);
  expect(predictionsOf(underNode)).toBe(predictionsOf(scored));
});
