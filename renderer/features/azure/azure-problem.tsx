import { Button } from "@fluentui/react-components";
import type { Problem } from "../../../electron/contract/problem.ts";
import { ProblemNotice } from "../../components/problem-notice.tsx";
import type { TextKey } from "../../locales/translate.ts";
import { problemWords, t } from "../../locales/words.ts";
import { activeAccount } from "../../store/azure.ts";
import { openAzureSheet, signInAgain } from "../../store/azure-actions.ts";
import { useApp } from "../../store/app-store.ts";

const buttons: Partial<Record<Problem["kind"], TextKey>> = {
  "azure/sign-in-needed:again": "account.signInAgain",
  "azure/sign-in-needed:choose": "account.choose",
};

type Props = { readonly problem: Problem; readonly onRetry?: () => void; readonly onDismiss?: () => void };

/** A problem of asking Azure, with the button that does what a command in a terminal would. */
export function AzureProblem({ problem, ...actions }: Props) {
  const account = useApp(({ azure }) => activeAccount(azure));
  if (problem.code === "azure/sign-in-needed") {
    const isOver = problem.kind === "azure/sign-in-needed:again";
    return (
      <ProblemNotice
        problem={problem}
        intent="warning"
        // What helps beyond signing in again: the same facts in other words.
        remedy={isOver ? problemWords({ ...problem, kind: "azure/sign-in-failed" }).remedy : ""}
        actions={
          <Button size="small" onClick={() => signInAgain(isOver ? account : null)}>
            {t(buttons[problem.kind] ?? "account.signIn")}
          </Button>
        }
      />
    );
  }
  if (problem.code === "azure/no-workspace" || problem.code === "azure/workspace-not-found") {
    return (
      <ProblemNotice
        problem={problem}
        intent="warning"
        remedy=""
        {...actions}
        actions={
          <Button size="small" onClick={() => openAzureSheet("workspaces")}>
            {t("workspaces.choose")}
          </Button>
        }
      />
    );
  }
  return <ProblemNotice problem={problem} {...actions} />;
}
