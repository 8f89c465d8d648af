import type { SignInPrompt, SignInRequest } from "../../../contract/views/account.ts";
import { type Result, success } from "../../../contract/problem.ts";
import { problemSentence } from "../../../contract/words/english-problems.ts";
import { usageProblem, type Terminal, type WorkspaceCommand } from "../../terminal/command.ts";
import type { CommandValues } from "../../terminal/command-values.ts";
import { exitCodes } from "../../terminal/exit-codes.ts";
import { showOne } from "../../terminal/show.ts";
import { flag, oneOf, optional, optionals, text } from "../../terminal/usage.ts";
import { accountColumns } from "./account-commands.ts";
import { openBrowser } from "./open-browser.ts";

const tenantOption = text("tenant", "T", "the ID or a domain name of the tenant; left out: the user's own", {
  alias: "t",
  isCheckedByCommand: true,
});
const usernameOption = (placeholder: string, help: string) =>
  text("username", placeholder, help, { letter: "u", isCheckedByCommand: true });

export const signInCommands: readonly WorkspaceCommand[] = [
  {
    words: "login",
    usage: [
      oneOf(
        [
          ...optionals(
            flag("use-device-code", "with a code and any browser, on this computer or another"),
            tenantOption,
          ),
        ],
        [
          flag("service-principal", "as an application, with a secret or a certificate", { isCheckedByCommand: true }),
          usernameOption("ID", "the ID of the application, or of a user-assigned managed identity"),
          tenantOption,
        ],
        [
          flag("identity", "as the managed identity of this computer", { isCheckedByCommand: true }),
          optional(usernameOption("ID", "the ID of the application, or of a user-assigned managed identity")),
        ],
      ),
      optional(
        text("cloud", "NAME|FILE", "AzureCloud, AzureChinaCloud, AzureUSGovernment, or a JSON file of another cloud"),
      ),
    ],
    summary: "sign in to Azure, with the system's browser unless told otherwise",
    details: [
      "A secret is never an argument: --service-principal reads AZURE_CLIENT_SECRET or AZURE_CLIENT_CERTIFICATE_PATH.",
      "With AZURE_TENANT_ID, AZURE_CLIENT_ID and one of these set, no login is needed and nothing is kept.",
      "Tokens are encrypted with a key in the system's keyring. Work on this computer never needs a login.",
    ],
    async run({ terminal, workspace, ...rest }, values) {
      const request = requestOf(values, this);
      if (!request.ok) return request;
      const tell = (prompt: SignInPrompt) => tellPrompt(prompt, terminal);
      const signedIn = await workspace.accounts.signIn(request.value, { openBrowser, tell });
      if (!signedIn.ok) return signedIn;
      const { account, unkept } = signedIn.value;
      if (unkept !== null) {
        terminal.note(
          `Signed in for this command only, because nothing can be kept. ${problemSentence(unkept)} ` +
            "Without a keyring, set AZURE_TENANT_ID, AZURE_CLIENT_ID and AZURE_CLIENT_SECRET instead.",
        );
      }
      return showOne({ terminal, workspace, ...rest }, account, accountColumns);
    },
  },
  {
    words: "logout",
    usage: [
      oneOf(
        [optional(usernameOption("U", "whom to sign out; left out: the active account"))],
        [flag("all", "sign out everybody", { isCheckedByCommand: true })],
      ),
    ],
    summary: "sign out of Azure: the account's tokens are removed from this computer",
    async run({ terminal, workspace }, values) {
      const [username, isAll] = [values.text("username"), values.flag("all")];
      if (username !== null && isAll) return usageProblem("Give --username or --all, not both.", this);
      const signedOut = await workspace.accounts.signOut(isAll ? { all: true } : username);
      if (!signedOut.ok) return signedOut;
      const names = signedOut.value;
      terminal.note(names.length === 0 ? "Nobody was signed in." : `Signed out: ${names.join(", ")}.`);
      terminal.print?.view(names.map((name) => ({ username: name, signed_out: true })));
      return success(exitCodes.done);
    },
  },
];

function requestOf(values: CommandValues, command: WorkspaceCommand): Result<SignInRequest> {
  const [tenant, username, cloud] = [values.text("tenant"), values.text("username"), values.text("cloud")];
  const kinds = ["use-device-code", "service-principal", "identity"].filter((name) => values.flag(name));
  if (kinds.length > 1) return usageProblem(`Give one of --${kinds.join(" and --")}.`, command);
  if (values.flag("service-principal")) {
    if (username === null || tenant === null) {
      return usageProblem("--service-principal needs --username and --tenant.", command);
    }
    return success({ kind: "service-principal", clientId: username, tenant, cloud });
  }
  if (values.flag("identity")) {
    if (tenant !== null) return usageProblem("--identity takes no --tenant.", command);
    return success({ kind: "managed-identity", clientId: username, cloud });
  }
  if (username !== null) return usageProblem("--username belongs to --service-principal or --identity.", command);
  return success({ kind: values.flag("use-device-code") ? "device-code" : "browser", tenant, cloud });
}

function tellPrompt(prompt: SignInPrompt, { note }: Terminal): void {
  if (prompt.kind === "device-code") {
    note(`Open ${prompt.address} in a browser, and enter the code ${prompt.code}.`);
  } else if (prompt.isOpened) {
    note(["Sign in with the browser. If no window opens, open this address on this computer:", prompt.address]);
  } else {
    note([
      "No browser can be opened. Open this address on this computer, or sign in with --use-device-code:",
      prompt.address,
    ]);
  }
}
