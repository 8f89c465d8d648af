import { failure, success } from "../../contract/problem.ts";
import type { Command } from "../terminal/command.ts";
import { completionScripts, type Shell, shells } from "../terminal/completion.ts";
import { positional } from "../terminal/usage.ts";

/** `commands` is asked for once all of them, this one too, are known. */
export function completionCommand(commands: () => readonly Command[]): Command {
  return {
    words: "completion",
    usage: [positional(shells.join("|"))],
    summary: "print what makes a shell complete commands, options and their values",
    details: [
      'bash        put into ~/.bashrc:  eval "$(batchdeck completion bash)"',
      'zsh         put into ~/.zshrc, after compinit:  eval "$(batchdeck completion zsh)"',
      "fish        batchdeck completion fish > ~/.config/fish/completions/batchdeck.fish",
      "powershell  put into $PROFILE:  batchdeck completion powershell | Out-String | Invoke-Expression",
    ],
    tell({ positionals: [typed = ""] }) {
      const shell = shells.find((one): one is Shell => one === typed.toLowerCase());
      if (shell !== undefined) return success(completionScripts[shell](commands()));
      return failure("usage/invalid", `"${typed}" is not a shell that is known.`, `Use one of ${shells.join(", ")}.`);
    },
  };
}
