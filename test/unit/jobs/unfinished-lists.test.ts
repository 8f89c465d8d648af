import fs from "node:fs";
import path from "node:path";
import { expect, it } from "vitest";
import { removeLeftLists } from "../../../electron/jobs/folder/unfinished-lists.ts";
import { temporaryFolder } from "../../helpers/places.ts";

const home = temporaryFolder("unfinished-lists");

it("what killed processes had written of a list goes once the job is over; the list itself stays", async () => {
  const names = [
    "journal.db",
    "listing.jsonl",
    "listing.jsonl.12.part",
    "listing.jsonl.345.part",
    "listing.jsonl.damaged",
  ];
  for (const job of ["over", "going-on"]) {
    fs.mkdirSync(path.join(home, "jobs", job), { recursive: true });
    for (const name of names) fs.writeFileSync(path.join(home, "jobs", job, name), "x");
  }
  await removeLeftLists(home, (job) => job === "over");
  const left = (job: string) => fs.readdirSync(path.join(home, "jobs", job)).sort();
  expect(left("over")).toEqual(["journal.db", "listing.jsonl", "listing.jsonl.damaged"]);
  expect(left("going-on")).toEqual([...names].sort());
});
