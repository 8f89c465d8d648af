import { Body1, Button, makeStyles, Subtitle2, tokens } from "@fluentui/react-components";
import { PersonAdd20Regular } from "@fluentui/react-icons";
import { useState } from "react";
import type { AccountView } from "../../../electron/contract/views/account.ts";
import type { Problem } from "../../../electron/contract/problem.ts";
import { ProblemNotice } from "../../components/problem-notice.tsx";
import { SideSheet } from "../../components/side-sheet.tsx";
import { t } from "../../locales/words.ts";
import { closeAzureSheet, openAzureSheet, signIn, signOut } from "../../store/azure-actions.ts";
import { useApp } from "../../store/app-store.ts";
import { AccountList } from "./account-list.tsx";
import { AzureProblem } from "./azure-problem.tsx";
import { SignInChoice } from "./sign-in-choice.tsx";
import { SignInWaits } from "./sign-in-waits.tsx";

const useStyles = makeStyles({
  quiet: { color: tokens.colorNeutralForeground2 },
  place: {
    display: "flex",
    alignItems: "center",
    justifyContent: "space-between",
    gap: tokens.spacingHorizontalM,
    minWidth: 0,
  },
  name: { minWidth: 0, overflowWrap: "anywhere" },
});

const nobody: readonly AccountView[] = [];

/** Who is signed in to Azure; signing in, and out. */
export function AccountSheet() {
  const azure = useApp((state) => state.azure);
  const waiting = useApp((state) => state.signIn);
  const failed = useApp((state) => state.signInProblem);
  const [tenant, setTenant] = useState("");
  const [isAdding, setAdding] = useState(false);
  const [problem, setProblem] = useState<Problem | null>(null);
  const accounts = azure.state === "ready" ? azure.value.accounts : nobody;
  const asksHow = waiting === null && (accounts.length === 0 || isAdding);

  const begin = (kind: "browser" | "device-code"): void => {
    setProblem(null);
    setAdding(false);
    void signIn(kind, tenant.trim() === "" ? null : tenant.trim());
  };
  const leave = (account: AccountView | null): void => void signOut(account).then(setProblem);

  return (
    <SideSheet
      title={t(accounts.length === 0 ? "account.signInAzure" : "account.title")}
      onClose={closeAzureSheet}
      onSubmit={() => {
        if (asksHow) begin("browser");
      }}
      footer={
        <>
          {accounts.length > 1 && <Button onClick={() => leave(null)}>{t("account.signOutAll")}</Button>}
          <Button onClick={closeAzureSheet}>{t("sheet.close")}</Button>
        </>
      }
    >
      {azure.state === "failed" && <AzureProblem problem={azure.problem} />}
      {accounts.length > 0 && <AccountList accounts={accounts} onLeave={leave} onProblem={setProblem} />}
      {failed !== null && waiting === null && <ProblemNotice problem={failed} />}
      {problem !== null && <ProblemNotice problem={problem} onDismiss={() => setProblem(null)} />}
      {waiting !== null && <SignInWaits waiting={waiting} />}
      {asksHow && <SignInChoice tenant={tenant} onTenant={setTenant} onBegin={begin} />}
      {accounts.length > 0 && waiting === null && !isAdding && (
        <div>
          <Button icon={<PersonAdd20Regular />} onClick={() => setAdding(true)}>
            {t("account.another")}
          </Button>
        </div>
      )}
      {accounts.length > 0 && <ChosenWorkspace />}
    </SideSheet>
  );
}

function ChosenWorkspace() {
  const styles = useStyles();
  const workspace = useApp(({ azure }) => (azure.state === "ready" ? azure.value.workspace : null));
  return (
    <section className={styles.place} aria-label={t("workspaces.title")}>
      <div className={styles.name}>
        <Subtitle2 as="h3" block>
          {t("workspaces.title")}
        </Subtitle2>
        <Body1 className={styles.quiet}>{workspace?.workspace ?? t("workspaces.none")}</Body1>
      </div>
      <Button
        appearance={workspace === null ? "primary" : "secondary"}
        onClick={() => openAzureSheet("workspaces")}
        data-testid="choose-workspace"
      >
        {t(workspace === null ? "workspaces.choose" : "workspaces.change")}
      </Button>
    </section>
  );
}
