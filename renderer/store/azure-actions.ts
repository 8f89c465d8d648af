import type { CallInput } from "../../electron/contract/channels.ts";
import type { AccountView, SignInPrompt } from "../../electron/contract/views/account.ts";
import type { Problem, Result } from "../../electron/contract/problem.ts";
import { call, listen } from "../bridge/bridge.ts";
import { t } from "../locales/words.ts";
import { useApp } from "./app-store.ts";
import { type AzureSheetName, endpointsKey, type SignInWait } from "./azure.ts";

/** Who is signed in and which workspace is chosen is asked of main; Azure only when somebody is and one is. */
export function connectAzure(): void {
  listen("azure:changed", () => void fetchAzure());
  listen("accounts:prompt", (prompt) => {
    useApp.setState(({ signIn }) => (signIn === null ? {} : { signIn: { ...signIn, prompt, toldAt: Date.now() } }));
  });
  void fetchAzure();
}

export function openAzureSheet(name: AzureSheetName): void {
  useApp.setState({ azureSheet: name });
}

/** A sign-in that waits goes on. */
export function closeAzureSheet(): void {
  useApp.setState({ azureSheet: null, signInProblem: null });
}

async function fetchAzure(): Promise<void> {
  const answer = await call("azure:show", null);
  useApp.setState({
    azure: answer.ok ? { state: "ready", value: answer.value } : { state: "failed", problem: answer.problem },
  });
  const { azure, azureEndpoints } = useApp.getState();
  const key = endpointsKey(azure);
  if (key === null) useApp.setState({ azureEndpoints: null });
  else if (key !== azureEndpoints?.of) await fetchAzureEndpoints();
}

/** Asks Azure for the endpoints of the chosen workspace, again or for the first time. */
export async function fetchAzureEndpoints(): Promise<void> {
  const { azure, azureEndpoints } = useApp.getState();
  const of = endpointsKey(azure);
  if (of === null) return;
  const before = azureEndpoints?.of === of ? azureEndpoints.answer : ({ state: "loading" } as const);
  const asked = { of, answer: before, isAsking: true };
  useApp.setState({ azureEndpoints: asked });
  const answer = await call("azure:endpoints", null);
  // Another account or workspace was chosen meanwhile, or somebody asked again.
  if (useApp.getState().azureEndpoints !== asked) return;
  useApp.setState({
    azureEndpoints: {
      of,
      answer: answer.ok ? { state: "ready", value: answer.value } : { state: "failed", problem: answer.problem },
      isAsking: false,
    },
  });
}

/** Signs in; `tenant` null: the user's own. The account sheet shows what it waits for, and what became of it. */
export async function signIn(kind: SignInPrompt["kind"], tenant: string | null): Promise<void> {
  const own: SignInWait = { kind, prompt: null, toldAt: Date.now() };
  useApp.setState({ signIn: own, signInProblem: null });
  const answer = await call("accounts:sign-in", { kind, tenant });
  const isCancelled = !answer.ok && answer.problem.code === "azure/cancelled";
  // Another one began meanwhile, and ended this one.
  if (isCancelled && useApp.getState().signIn !== null) return;
  useApp.setState({ signIn: null, signInProblem: answer.ok || isCancelled ? null : answer.problem });
  if (!answer.ok) return;
  useApp.setState({
    announcement: t("account.signedIn", { name: answer.value.username }),
    azureEndpoints: null,
  });
  await fetchAzure();
}

/** The sheet says so at once; main follows. */
export function cancelSignIn(): void {
  useApp.setState({ signIn: null });
  void call("accounts:cancel-sign-in", null);
}

/** Opens the account sheet and signs the account in once more, in its own tenant. */
export function signInAgain(account: AccountView | null): void {
  openAzureSheet("account");
  if (account?.type === "user") void signIn("browser", account.tenant_id);
}

export async function setActiveAccount(account: AccountView): Promise<Problem | null> {
  return changed(await call("accounts:set-active", idOf(account)));
}

/** Null: everybody. */
export async function signOut(account: AccountView | null): Promise<Problem | null> {
  return changed(await call("accounts:sign-out", account === null ? null : idOf(account)));
}

/** Chooses the Azure ML workspace of the window and of the terminal. */
export async function chooseWorkspace(wanted: CallInput<"azure:use">): Promise<Problem | null> {
  return changed(await call("azure:use", wanted));
}

export async function forgetWorkspace(): Promise<Problem | null> {
  return changed(await call("azure:forget", null));
}

function idOf({ username, tenant_id }: AccountView): Pick<AccountView, "username" | "tenant_id"> {
  return { username, tenant_id };
}

/** What was asked shows at once, before main reports a change. */
async function changed(answer: Result<unknown>): Promise<Problem | null> {
  await fetchAzure();
  return answer.ok ? null : answer.problem;
}
