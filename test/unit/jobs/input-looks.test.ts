import fs from "node:fs";
import path from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { nodeProcessHost } from "../../../electron/compute/node-process-host.ts";
import type { InputPreview } from "../../../electron/contract/messages/data-messages.ts";
import { createInputLooks, type InputLooks } from "../../../electron/jobs/submit/input-looks.ts";
import { unseenInput } from "../../../electron/jobs/submit/previewed-facts.ts";
import { smallScorer } from "../../helpers/engine/job-specs.ts";
import { temporaryFolder } from "../../helpers/places.ts";

/**
 * Which list and which answers are kept, against a data process that does as it is told: the file `todo` holds, a word a
 * request, whether it finds what it found before (`unchanged`), lists anew (`new`), or lists anew and then hangs (`hangs`).
 */
const root = temporaryFolder("input-looks");
const todo = path.join(root, "todo");
const asked = path.join(root, "asked");
const programs = path.join(root, "programs");
fs.mkdirSync(programs);
fs.writeFileSync(
  path.join(programs, "data-process.cjs"),
  `const fs = require("node:fs");
process.on("disconnect", () => process.exit(0));
process.on("message", ({ seen = null, scorer }) => {
  const [word, ...later] = fs.readFileSync(${JSON.stringify(todo)}, "utf8").split(" ");
  fs.writeFileSync(${JSON.stringify(todo)}, later.join(" "));
  fs.appendFileSync(${JSON.stringify(asked)}, JSON.stringify(seen) + "\\n");
  const isSame = word === "unchanged";
  if (isSame && seen?.isAnswered) return process.send({ type: "unchanged", list: "earlier" });
  if (!isSame && seen) fs.writeFileSync(seen.newFile, word);
  if (word === "hangs") return;
  const preview = { ...${JSON.stringify(unseenInput(smallScorer))}, files: fs.readFileSync(${JSON.stringify(asked)}, "utf8").split("\\n").length - 1, scorer };
  process.send({ type: "previewed", preview, list: isSame ? "earlier" : "new" });
});`,
);

type AskedSeen = { readonly file: string | null; readonly isAnswered: boolean; readonly newFile: string };
let looks: InputLooks;
const input = { path: "/data/in", kind: "folder", recursive: true } as const;
const request = { input, scorer: smallScorer, samples: [5] };
const now = { asOf: "now", signal: null } as const;

beforeEach(() => {
  fs.rmSync(asked, { force: true });
  looks = createInputLooks(nodeProcessHost(programs), root);
});
afterEach(() => looks.close());

const requests = (): AskedSeen[] =>
  fs
    .readFileSync(asked, "utf8")
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line) as AskedSeen);

/** The number of the request that made this answer. */
async function look(changes: Partial<typeof request> = {}, how: Parameters<InputLooks["look"]>[1] = now) {
  const answer = await looks.look({ ...request, ...changes }, how);
  if (!answer.ok) throw new Error(JSON.stringify(answer.problem));
  return (answer.value satisfies InputPreview).files;
}

test("an answer is given again while its list holds", async () => {
  fs.writeFileSync(todo, "new unchanged new unchanged");
  expect([await look(), await look(), await look(), await look()]).toEqual([1, 1, 3, 3]);
  const [first, second, third, fourth] = requests();
  expect(first).toMatchObject({ file: null, isAnswered: false });
  expect(second).toMatchObject({ file: first?.newFile, isAnswered: true });
  expect(third).toMatchObject({ file: first?.newFile });
  expect(fourth).toMatchObject({ file: third?.newFile, isAnswered: true });
});

test("a look that was cut short after it had listed leaves neither its list nor an old answer for it", async () => {
  fs.writeFileSync(todo, "new hangs unchanged");
  expect(await look()).toBe(1);
  const abort = new AbortController();
  const cut = looks.look(request, { asOf: "now", signal: abort.signal });
  await expect.poll(() => fs.existsSync(requests()[1]?.newFile ?? ""), { timeout: 20_000 }).toBe(true);
  abort.abort();
  expect((await cut).ok).toBe(false);
  expect(fs.existsSync(requests()[1]?.newFile ?? "")).toBe(false);
  expect(fs.readFileSync(requests()[0]?.newFile ?? "", "utf8")).toBe("new");
  expect(await look()).toBe(1);
  expect(requests()[2]).toMatchObject({ file: requests()[0]?.newFile, isAnswered: true });
});

test("another scorer that reads the same files has the list, and an answer of its own", async () => {
  fs.writeFileSync(todo, "new unchanged unchanged unchanged");
  const other = { ...smallScorer, keep: ["id"] };
  expect([await look(), await look({ scorer: other }), await look(), await look({ scorer: other })]).toEqual([
    1, 2, 1, 2,
  ]);
  expect(requests().map(({ isAnswered }) => isAnswered)).toEqual([false, false, true, true]);
});

test("another input has nothing of it", async () => {
  fs.writeFileSync(todo, "new new new");
  await look();
  await look({ input: { ...input, recursive: false } as never });
  await look({ input: { ...input, path: "/data/other" } as never });
  expect(requests().map(({ file }) => file)).toEqual([null, null, null]);
});

test("what is only shown may be two seconds old, what is started may not", async () => {
  fs.writeFileSync(todo, "new unchanged");
  await look();
  expect(await look({}, { asOf: "recently", signal: null })).toBe(1);
  expect(requests()).toHaveLength(1);
  await look();
  expect(requests()).toHaveLength(2);
});

test("the list is moved to the job that is made of the input, once, and to no other", async () => {
  fs.writeFileSync(todo, "new");
  await look();
  const [made] = requests();
  const [jobs, spec] = [path.join(root, "jobs"), { input: { ...input, files: null, watch: null, source: null } }];
  looks.handOver({ ...spec, input: { ...spec.input, path: "/data/other" }, scorer: smallScorer }, path.join(jobs, "0"));
  expect(fs.existsSync(made?.newFile ?? "")).toBe(true);
  looks.handOver({ ...spec, scorer: smallScorer }, path.join(jobs, "1"));
  expect(fs.readFileSync(path.join(jobs, "1"), "utf8")).toBe("new");
  looks.handOver({ ...spec, scorer: smallScorer }, path.join(jobs, "2"));
  expect(fs.readdirSync(jobs)).toEqual(["1"]);
});

test("a workspace that takes no files is no reason not to look", async () => {
  fs.writeFileSync(todo, "new new");
  looks = createInputLooks(nodeProcessHost(programs), path.join(root, "nowhere"));
  expect([await look(), await look()]).toEqual([1, 2]);
  expect(requests()).toEqual([null, null]);
});
