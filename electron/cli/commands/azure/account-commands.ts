import type { WorkspaceCommand } from "../../terminal/command.ts";
import { showList, showOne } from "../../terminal/show.ts";
import { optional, text } from "../../terminal/usage.ts";

export const accountColumns = ["username", "type", "tenant_id", "cloud", "active", "tokens"];

export const accountCommands: readonly WorkspaceCommand[] = [
  {
    words: "account list",
    usage: [],
    summary: "list who is signed in to Azure",
    async run(context) {
      const accounts = context.workspace.accounts.list();
      if (!accounts.ok) return accounts;
      const whenEmpty = "Nobody is signed in to Azure. Sign in: batchdeck login";
      return showList(context, accounts.value, accountColumns, whenEmpty);
    },
  },
  {
    words: "account show",
    usage: [],
    summary: "show the account that commands use",
    async run(context) {
      const account = context.workspace.accounts.show();
      return account.ok ? showOne(context, account.value, accountColumns) : account;
    },
  },
  {
    words: "account set",
    usage: [
      text("username", "U", "the account that commands use from now on", { letter: "u" }),
      optional(text("tenant", "T", "its tenant, when it is signed in to several", { alias: "t" })),
    ],
    summary: "choose the account that commands use",
    async run(context, values) {
      const account = context.workspace.accounts.setActive(values.text("username") ?? "", values.text("tenant"));
      return account.ok ? showOne(context, account.value, accountColumns) : account;
    },
  },
];
