import { readFileSync } from "node:fs";
import path from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import type { JobView } from "../../electron/contract/nouns/job.ts";
import { batchdeckJson } from "../helpers/batchdeck.ts";
import { jobsOf, readyCard, samplesFolder, waitForJob } from "../helpers/desktop/desktop-steps.ts";
import { type DesktopPlace, launchDesktop, makeDesktopPlace } from "../helpers/desktop/electron-app.ts";

/** The test runtime has an older Node-API than two of our native addons ask for (docs/decisions/0025). */

let place: DesktopPlace;

beforeEach(() => {
  place = makeDesktopPlace();
});
afterEach(() => place.remove());

const isOver = ({ ended_at }: JobView) => ended_at !== null;
const predictionsOf = (job: JobView) => readFileSync(path.join(job.output_path, job.output_file), "utf8");

test("JPEG pictures are scored with the fitted addon as they are under Node, to the byte", async () => {
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

test("without the fitted addon a job of pictures fails with the reason, and tables are scored", async () => {
  const desktop = await launchDesktop(place, [], { BATCHDECK_JPEG_BINDING: "" });
  try {
    const { page } = desktop;
    await (await readyCard(page, "text-orientation")).getByRole("button", { name: /^Try it/ }).click();
    const refused = await waitForJob(page, isOver);
    expect(refused.status).toBe("Failed");
    expect(JSON.stringify(refused.problem)).toContain("@julusian/jpeg-turbo needs Node-API 10, and this runtime has 9");

    await page.evaluate(() => {
      location.hash = "#/score";
    });
    await (await readyCard(page, "iris")).getByRole("button", { name: /^Try it/ }).click();
    await expect.poll(async () => (await jobsOf(page)).filter(isOver).length, { timeout: 60_000 }).toBe(2);
    expect((await jobsOf(page))[0]).toMatchObject({ endpoint_name: "iris", status: "Completed", succeeded: 150 });
  } finally {
    await desktop.close();
  }
});
