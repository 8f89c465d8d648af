import { allOptions, type Command } from "./command.ts";
import { nounAliases } from "./find-command.ts";
import { type Option, spellingsOf } from "./usage.ts";

export const shells = ["bash", "zsh", "fish", "powershell"] as const;
export type Shell = (typeof shells)[number];

/** The lines of each shell's script, made of the table of commands. Where no word is known they leave it to file names. */
export const completionScripts: Readonly<Record<Shell, (commands: readonly Command[]) => readonly string[]>> = {
  bash: bashScript,
  zsh: (commands) => ["autoload -U +X bashcompinit && bashcompinit", ...bashScript(commands)],
  fish: fishScript,
  powershell: powershellScript,
};

type Completed = { readonly words: string; readonly options: readonly Option[] };

/** Every command, under each of the words that it is typed by. */
function completedCommands(commands: readonly Command[]): readonly Completed[] {
  return commands.flatMap((command) => {
    const [noun = "", ...verb] = command.words.split(" ");
    const aliases = Object.entries(nounAliases).flatMap(([alias, meant]) => (meant === noun ? [alias] : []));
    const options = allOptions(command);
    return [noun, ...aliases].map((first) => ({ words: [first, ...verb].join(" "), options }));
  });
}

/** The values of an option that takes one of a few words; none when it takes anything. */
function valuesOf({ placeholder }: Option): readonly string[] {
  return placeholder !== null && /^[a-z_]+(\|[a-z_]+)+$/.test(placeholder) ? placeholder.split("|") : [];
}

/** What lists are asked for names, by the words of options that take one; what is to be made has none yet. */
const listsOfNames: readonly (readonly [command: RegExp, option: string, noun: string])[] = [
  [/^(?!endpoint |batch-endpoint )/, "endpoint-name", "endpoint"],
  [/^invoke$/, "name", "endpoint"],
  [/^(?:batch-)?endpoint (?!create|list)/, "name", "endpoint"],
  [/^job (?!list)/, "name", "job"],
  [/^model (?!create)/, "name", "model"],
  [/^compute (?!create|list)/, "name", "compute"],
  [/^data (?!create)/, "name", "data"],
  [/^datastore (?!create|list)/, "name", "datastore"],
  [/^environment (?!create|list)/, "name", "environment"],
  [/./, "compute", "compute"],
];

/** The command that prints the names that an option takes, a line each; null when they cannot be known. */
function namesFor(words: string, { name }: Option): string | null {
  const found = listsOfNames.find(([command, option]) => option === name && command.test(words));
  return found === undefined ? null : `batchdeck ${found[2]} list --query "[].name" -o tsv 2>/dev/null`;
}

function firstWords(commands: readonly Completed[]): readonly string[] {
  return [...new Set(commands.map(({ words }) => words.split(" ")[0] ?? ""))];
}

function verbsOf(commands: readonly Completed[], noun: string): readonly string[] {
  return commands.flatMap(({ words }) => (words.startsWith(`${noun} `) ? [words.slice(noun.length + 1)] : []));
}

function bashScript(all: readonly Command[]): readonly string[] {
  const commands = completedCommands(all);
  const nouns = firstWords(commands);
  const choices = new Map(
    commands.flatMap(({ words, options }) =>
      options.flatMap((option) => {
        const names = namesFor(words, option);
        const known = names === null ? valuesOf(option).join(" ") : `$(${names})`;
        return known === "" ? [] : [[`"${words} ${spellingsOf(option).join(`"|"${words} `)}"`, known] as const];
      }),
    ),
  );
  return [
    "_batchdeck() {",
    '  local word="${COMP_WORDS[COMP_CWORD]}" before="${COMP_WORDS[COMP_CWORD-1]}" command known',
    '  command="${COMP_WORDS[1]} ${COMP_WORDS[2]}"',
    '  case "${COMP_WORDS[1]}" in',
    `    ${commands
      .filter(({ words }) => !words.includes(" "))
      .map(({ words }) => words)
      .join("|")}) command="\${COMP_WORDS[1]}" ;;`,
    "  esac",
    '  if [ "$COMP_CWORD" -eq 1 ]; then',
    `    known="${nouns.join(" ")} --help --version"`,
    '  elif [ "$COMP_CWORD" -eq 2 ] && [ "$command" != "${COMP_WORDS[1]}" ]; then',
    '    case "${COMP_WORDS[1]}" in',
    ...nouns.flatMap((noun) => {
      const verbs = verbsOf(commands, noun);
      return verbs.length === 0 ? [] : [`      ${noun}) known="${verbs.join(" ")} --help" ;;`];
    }),
    "    esac",
    "  else",
    '    case "$command $before" in',
    ...[...choices].map(([pattern, values]) => `      ${pattern}) known="${values}" ;;`),
    "      *)",
    '        [ "${word#-}" = "$word" ] && { COMPREPLY=(); return; }',
    '        case "$command" in',
    ...commands.map(
      ({ words, options }) => `          "${words}") known="${options.map(({ name }) => `--${name}`).join(" ")}" ;;`,
    ),
    "        esac ;;",
    "    esac",
    "  fi",
    '  COMPREPLY=($(compgen -W "$known" -- "$word"))',
    "}",
    "complete -o default -F _batchdeck batchdeck",
  ];
}

function fishScript(all: readonly Command[]): readonly string[] {
  const commands = completedCommands(all);
  const nouns = firstWords(commands);
  const quoted = (text: string) => `'${text.replace(/['\\]/g, "\\$&")}'`;
  return [
    `complete -c batchdeck -n __fish_use_subcommand -f -a ${quoted(nouns.join(" "))}`,
    ...nouns.flatMap((noun) => {
      const verbs = verbsOf(commands, noun).join(" ");
      const isOpen = `__fish_seen_subcommand_from ${noun}; and not __fish_seen_subcommand_from ${verbs}`;
      return verbs === "" ? [] : [`complete -c batchdeck -n ${quoted(isOpen)} -f -a ${quoted(verbs)}`];
    }),
    ...commands.flatMap(({ words, options }) => {
      const given = words.split(" ").map((word) => `__fish_seen_subcommand_from ${word}`);
      return options.map((option) => {
        const letters = [option.letter, option.alias].flatMap((one) => (one === undefined ? [] : [`-s ${one}`]));
        const names = namesFor(words, option);
        const values = names === null ? valuesOf(option).join(" ") : `(${names})`;
        const taken = option.placeholder === null ? [] : values === "" ? ["-r"] : ["-x", "-a", quoted(values)];
        const help = option.help === "" ? [] : ["-d", quoted(option.help)];
        return [
          `complete -c batchdeck -n ${quoted(given.join("; and "))}`,
          ...letters,
          `-l ${option.name}`,
          ...taken,
          ...help,
        ].join(" ");
      });
    }),
  ];
}

function powershellScript(all: readonly Command[]): readonly string[] {
  const commands = completedCommands(all);
  const nouns = firstWords(commands);
  const list = (words: readonly string[]) => `@(${words.map((word) => `'${word.replaceAll("'", "''")}'`).join(", ")})`;
  return [
    "Register-ArgumentCompleter -Native -CommandName batchdeck -ScriptBlock {",
    "  param($word, $line, $cursor)",
    "  $known = @{",
    `    '' = ${list(nouns)}`,
    ...nouns.flatMap((noun) => {
      const verbs = verbsOf(commands, noun);
      return verbs.length === 0 ? [] : [`    '${noun}' = ${list(verbs)}`];
    }),
    ...commands.map(({ words, options }) => `    '${words}' = ${list(options.map(({ name }) => `--${name}`))}`),
    "  }",
    "  $values = @{",
    ...commands.flatMap(({ words, options }) =>
      options.flatMap((option) =>
        valuesOf(option).length === 0
          ? []
          : spellingsOf(option).map((spelling) => `    '${words} ${spelling}' = ${list(valuesOf(option))}`),
      ),
    ),
    "  }",
    "  $typed = @($line.CommandElements | Select-Object -Skip 1 | ForEach-Object { $_.ToString() })",
    "  if ($word -ne '' -and $typed.Count -gt 0) { $typed = @($typed | Select-Object -SkipLast 1) }",
    "  $command = ($typed | Where-Object { $_ -notlike '-*' } | Select-Object -First 2) -join ' '",
    "  if (-not $known.ContainsKey($command)) { $command = ($command -split ' ')[0] }",
    "  $choices = $known[$command]",
    '  if ($typed.Count -gt 0 -and $values.ContainsKey("$command $($typed[-1])")) { $choices = $values["$command $($typed[-1])"] }',
    '  $choices | Where-Object { $_ -like "$word*" } | ForEach-Object { [System.Management.Automation.CompletionResult]::new($_) }',
    "}",
  ];
}
