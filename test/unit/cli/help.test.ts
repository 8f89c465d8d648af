import { execFileSync } from "node:child_process";
import { describe, expect, test } from "vitest";
import { commands } from "../../../electron/cli/commands.ts";
import { allOptions } from "../../../electron/cli/terminal/command.ts";
import { azureOptions } from "../../../electron/cli/terminal/common-options.ts";
import { completionScripts } from "../../../electron/cli/terminal/completion.ts";
import { optionsOf, spellingsOf } from "../../../electron/cli/terminal/usage.ts";
import { runInProcess } from "../../helpers/command-line.ts";

const help = async (...words: string[]) => (await runInProcess("nowhere", ...words, "--help")).stdout;

describe("--help", () => {
  test.each(commands.map((command) => [command.words, command] as const))(
    "of %s names every option that it takes, by each of its spellings",
    async (words, command) => {
      const shown = await help(...words.split(" "));
      for (const option of allOptions(command)) {
        for (const spelling of spellingsOf(option)) {
          expect(shown).toMatch(new RegExp(`(^|[\\s,])${spelling}(?=[\\s,]|$)`, "m"));
        }
      }
      expect(shown).toContain("--json");
    },
  );

  test("says of every option that has a meaning here what it is for", () => {
    const mute = commands.flatMap((command) =>
      optionsOf(command.usage)
        .filter(({ help: said }) => said === "")
        .map(({ name }) => `${command.words} --${name}`),
    );
    expect(mute).toEqual([]);
  });

  test("lists all commands, and needs no workspace", async () => {
    const shown = await help();
    const lines = shown.split("\n");
    for (const { words, summary } of commands) {
      expect(lines.some((line) => line.startsWith(`  ${words} `) && line.endsWith(`  ${summary}`))).toBe(true);
    }
  });

  test("no option means two things, and no letter either", () => {
    for (const command of commands) {
      const spellings = [
        ...allOptions(command),
        ...azureOptions.filter((option) => !allOptions(command).includes(option)),
      ];
      const all = [...new Map(spellings.map((option) => [option.name, option])).values()].flatMap(spellingsOf);
      expect(all.filter((spelling, at) => all.indexOf(spelling) !== at)).toEqual([]);
    }
  });
});

describe("completion", () => {
  const bash = completionScripts.bash(commands).join("\n");
  /** What bash offers at the end of that line. */
  function offered(...words: readonly string[]): readonly string[] {
    const line = words.map((word) => `"${word}"`).join(" ");
    // Where the command itself is asked, for names, it says what it was asked.
    const script = `${bash}\nbatchdeck() { echo "names-of-$1"; }\nCOMP_WORDS=(batchdeck ${line}); COMP_CWORD=${words.length}; _batchdeck; printf '%s\\n' "\${COMPREPLY[@]}"`;
    // A bash whose input is a socket would read the profile of whoever runs the tests.
    return execFileSync("bash", ["--norc", "-c", script], { encoding: "utf8" })
      .split("\n")
      .filter((word) => word !== "");
  }

  test.skipIf(process.platform === "win32")("offers the names that there are, where one is needed", () => {
    expect(offered("invoke", "-n", "")).toEqual(["names-of-endpoint"]);
    expect(offered("endpoint", "show", "--name", "names")).toEqual(["names-of-endpoint"]);
    expect(offered("deployment", "show", "-n", "x", "-e", "")).toEqual(["names-of-endpoint"]);
    expect(offered("job", "resume", "-n", "")).toEqual(["names-of-job"]);
    expect(offered("model", "delete", "-n", "")).toEqual(["names-of-model"]);
    expect(offered("datastore", "show", "-n", "")).toEqual(["names-of-datastore"]);
    // What is to be made has no name yet.
    expect(offered("endpoint", "create", "-n", "")).toEqual([]);
    expect(offered("model", "create", "-n", "")).toEqual([]);
  });

  test.skipIf(process.platform === "win32")(
    "of bash offers nouns, verbs, options and the words that an option takes",
    () => {
      expect(offered("batch")).toEqual(["batch-endpoint", "batch-deployment"]);
      expect(offered("job", "re")).toEqual(["resume", "retry-failed", "restore"]);
      expect(offered("batch-endpoint", "list-")).toEqual(["list-jobs"]);
      expect(offered("invoke", "--in")).toEqual(
        expect.arrayContaining(
          ["--input", "--input-type", "--instance-count", "--incremental"].filter((one) => one.startsWith("--in")),
        ),
      );
      expect(offered("job", "list", "-o", "t")).toEqual(["table", "tsv"]);
      expect(offered("compute", "create", "--tier", "")).toEqual(["dedicated", "low_priority"]);
    },
  );

  test.each(["bash", "zsh", "fish", "powershell"] as const)("of %s names every command and option", async (shell) => {
    const ran = await runInProcess("nowhere", "completion", shell);
    expect(ran).toMatchObject({ code: 0, stderr: "" });
    for (const command of commands) {
      for (const word of command.words.split(" ")) expect(ran.stdout).toContain(word);
      for (const { name } of allOptions(command)) expect(ran.stdout).toContain(name);
    }
  });

  test("of an unknown shell is refused", async () => {
    expect((await runInProcess("nowhere", "completion", "tcsh")).stderr).toBe(
      '"tcsh" is not a shell that is known. Use one of bash, zsh, fish, powershell.\n',
    );
  });
});
