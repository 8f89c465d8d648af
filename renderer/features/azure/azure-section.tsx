import { Body1, Button, Caption1, makeStyles, Spinner, Subtitle2, tokens } from "@fluentui/react-components";
import { ArrowClockwise20Regular, Cloud20Regular, CloudDatabase20Regular } from "@fluentui/react-icons";
import { type ReactNode, useId } from "react";
import type { AccountView } from "../../../electron/contract/views/account.ts";
import { type Problem, problemOf } from "../../../electron/contract/problem.ts";
import { moveFocusWithArrows } from "../../components/arrow-focus.ts";
import { useWindowDrag } from "../../components/drop-target.ts";
import { t } from "../../locales/words.ts";
import { type AzureEndpoints, activeAccount, chosenWorkspace } from "../../store/azure.ts";
import { fetchAzureEndpoints, forgetWorkspace, openAzureSheet } from "../../store/azure-actions.ts";
import { useApp } from "../../store/app-store.ts";
import { AzureEndpointCard } from "./azure-endpoint-card.tsx";
import { AzureProblem } from "./azure-problem.tsx";
import { SeenNote } from "./seen-note.tsx";

const useStyles = makeStyles({
  section: {
    display: "flex",
    flexDirection: "column",
    gap: tokens.spacingVerticalM,
    paddingTop: tokens.spacingVerticalM,
  },
  head: { display: "flex", flexWrap: "wrap", alignItems: "center", gap: tokens.spacingHorizontalS, minWidth: 0 },
  titles: { flexGrow: 1, minWidth: 0, flexBasis: "240px" },
  title: {
    display: "flex",
    alignItems: "center",
    gap: tokens.spacingHorizontalS,
    minWidth: 0,
    overflowWrap: "anywhere",
  },
  icon: { display: "flex", flexShrink: 0, color: tokens.colorBrandForeground1 },
  quiet: { color: tokens.colorNeutralForeground2, overflowWrap: "anywhere" },
  cards: {
    display: "grid",
    gridTemplateColumns: "repeat(auto-fill, minmax(min(320px, 100%), 1fr))",
    gap: tokens.spacingHorizontalL,
    margin: 0,
    padding: 0,
    listStyleType: "none",
  },
  item: { minWidth: 0 },
});

const nobody: readonly AccountView[] = [];

/** The endpoints of the chosen Azure ML workspace, below those of this computer. Nothing for who never signed in. */
export function AzureSection() {
  const account = useApp(({ azure }) => activeAccount(azure));
  const workspace = useApp(({ azure }) => chosenWorkspace(azure));
  const accounts = useApp(({ azure }) => (azure.state === "ready" ? azure.value.accounts : nobody));
  const endpoints = useApp((state) => state.azureEndpoints);
  if (workspace === null && account === null) return null;
  if (workspace === null) {
    return (
      <Head title={t("azure.title")} lead={t("azure.choose")} actions={<ChooseWorkspace word="workspaces.choose" />} />
    );
  }
  const place = `${workspace.resource_group}${account === null ? "" : ` · ${account.username}`}`;
  const title = t("azure.titleOf", { name: workspace.workspace });
  if (account === null) {
    return (
      <Head
        title={title}
        lead={place}
        actions={<Button onClick={() => void forgetWorkspace()}>{t("workspaces.forget")}</Button>}
      >
        <AzureProblem problem={nobodyActive(accounts)} />
      </Head>
    );
  }
  return (
    <Head
      title={title}
      lead={place}
      actions={
        <>
          <Refresh isAsking={endpoints?.isAsking ?? false} />
          <ChooseWorkspace word="workspaces.change" />
        </>
      }
    >
      {endpoints !== null && <Endpoints answer={endpoints.answer} title={title} />}
    </Head>
  );
}

function nobodyActive(accounts: readonly AccountView[]): Problem {
  const usernames = accounts.map(({ username }) => username);
  return usernames.length === 0
    ? problemOf("azure/sign-in-needed")
    : problemOf("azure/sign-in-needed:choose", { usernames });
}

type HeadProps = {
  readonly title: string;
  readonly lead: string;
  readonly actions: ReactNode;
  readonly children?: ReactNode;
};

function Head({ title, lead, actions, children }: HeadProps) {
  const styles = useStyles();
  const titleId = useId();
  return (
    <section className={styles.section} aria-labelledby={titleId} data-testid="azure-section">
      <div className={styles.head}>
        <div className={styles.titles}>
          <Subtitle2 as="h2" id={titleId} className={styles.title}>
            <span className={styles.icon} aria-hidden="true">
              <Cloud20Regular />
            </span>
            {title}
          </Subtitle2>
          <Caption1 className={styles.quiet}>{lead}</Caption1>
        </div>
        {actions}
      </div>
      {children}
    </section>
  );
}

function Refresh({ isAsking }: { readonly isAsking: boolean }) {
  return (
    <Button
      icon={isAsking ? <Spinner size="tiny" /> : <ArrowClockwise20Regular />}
      disabledFocusable={isAsking}
      onClick={() => void fetchAzureEndpoints()}
    >
      {t("azure.refresh")}
    </Button>
  );
}

function ChooseWorkspace({ word }: { readonly word: "workspaces.choose" | "workspaces.change" }) {
  return (
    <Button icon={<CloudDatabase20Regular />} onClick={() => openAzureSheet("workspaces")}>
      {t(word)}
    </Button>
  );
}

function Endpoints({ answer, title }: { readonly answer: AzureEndpoints["answer"]; readonly title: string }) {
  const styles = useStyles();
  const isDragging = useWindowDrag();
  const askAgain = (): void => void fetchAzureEndpoints();
  if (answer.state === "loading") return <Spinner label={t("azure.loading")} delay={200} />;
  if (answer.state === "failed") return <AzureProblem problem={answer.problem} onRetry={askAgain} />;
  const { view } = answer.value;
  return (
    <>
      <SeenNote seen={answer.value} onRetry={askAgain} />
      {view.length === 0 && <Body1 className={styles.quiet}>{t("azure.empty")}</Body1>}
      {view.length > 0 && (
        <ul role="list" className={styles.cards} aria-label={title} onKeyDown={moveFocusWithArrows}>
          {view.map((endpoint) => (
            <li key={endpoint.name} className={styles.item}>
              <AzureEndpointCard endpoint={endpoint} isDragging={isDragging} />
            </li>
          ))}
        </ul>
      )}
    </>
  );
}
