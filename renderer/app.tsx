import { CounterBadge, makeStyles, tokens } from "@fluentui/react-components";
import {
  Database24Filled,
  Database24Regular,
  DocumentArrowDown24Filled,
  DocumentArrowDown24Regular,
  TaskListLtr24Filled,
  TaskListLtr24Regular,
} from "@fluentui/react-icons";
import { ProblemNotice } from "./components/problem-notice.tsx";
import { RailButton } from "./components/rail-button.tsx";
import { AccountButton } from "./features/azure/account-button.tsx";
import { AzureSheets } from "./features/azure/azure-sheets.tsx";
import { DataScreen } from "./features/data/data-screen.tsx";
import { InvocationSheet } from "./features/invocation/invocation-sheet.tsx";
import { JobScreen } from "./features/job/job-screen.tsx";
import { QueueScreen } from "./features/queue/queue-screen.tsx";
import { ChooseFolderKey } from "./features/score/choose-folder-key.tsx";
import { ScoreScreen } from "./features/score/score-screen.tsx";
import { StatusStrip } from "./features/status/status-strip.tsx";
import { TrustSheet } from "./features/trust/trust-sheet.tsx";
import { t } from "./locales/words.ts";
import { navigate } from "./store/actions.ts";
import { useApp } from "./store/app-store.ts";
import type { Route } from "./store/route.ts";

const useStyles = makeStyles({
  window: {
    display: "grid",
    gridTemplateColumns: "auto minmax(0, 1fr)",
    gridTemplateRows: "minmax(0, 1fr) auto",
    height: "100vh",
    backgroundColor: tokens.colorNeutralBackground2,
  },
  rail: {
    display: "flex",
    flexDirection: "column",
    gap: tokens.spacingVerticalXS,
    width: "88px",
    boxSizing: "border-box",
    padding: tokens.spacingVerticalS,
    borderRight: `1px solid ${tokens.colorNeutralStroke2}`,
    backgroundColor: tokens.colorNeutralBackground3,
  },
  gap: { flexGrow: 1 },
  icon: { position: "relative", display: "flex" },
  badge: { position: "absolute", top: "-6px", left: "16px" },
  main: { overflow: "auto", minWidth: 0, position: "relative", outlineStyle: "none" },
  strip: { gridColumn: "1 / -1", minWidth: 0 },
  unseen: {
    position: "absolute",
    width: "1px",
    height: "1px",
    overflow: "hidden",
    clipPath: "inset(50%)",
    whiteSpace: "nowrap",
  },
});

/** The window: the rail, the chosen screen, the sheet, the status strip. */
export function App() {
  const styles = useStyles();
  const route = useApp((state) => state.route);
  const problem = useApp((state) => state.workspaceProblem);
  const announcement = useApp((state) => state.announcement);
  return (
    <div className={styles.window}>
      <Rail />
      {/* Focusable for when what had the focus has gone with its screen. */}
      <main className={styles.main} tabIndex={-1}>
        <ChooseFolderKey />
        {problem !== null && <ProblemNotice problem={problem} intent="warning" />}
        <Screen route={route} />
      </main>
      <div className={styles.strip}>
        <StatusStrip />
      </div>
      <InvocationSheet />
      <TrustSheet />
      <AzureSheets />
      <div role="status" aria-live="polite" className={styles.unseen} data-testid="announcement">
        {announcement}
      </div>
    </div>
  );
}

function Screen({ route }: { readonly route: Route }) {
  switch (route.screen) {
    case "score":
      return <ScoreScreen />;
    case "queue":
      return <QueueScreen />;
    case "data":
      return <DataScreen />;
    case "job":
      return <JobScreen key={route.job} name={route.job} />;
  }
}

function Rail() {
  const styles = useStyles();
  const screen = useApp((state) => state.route.screen);
  const running = useApp((state) => state.jobs.running.length);
  const inQueue = screen === "queue" || screen === "job";
  return (
    <nav className={styles.rail} aria-label={t("app.navigation")}>
      <RailButton
        label={t("app.score")}
        icon={screen === "score" ? <DocumentArrowDown24Filled /> : <DocumentArrowDown24Regular />}
        isChosen={screen === "score"}
        onClick={() => navigate({ screen: "score" })}
      />
      <RailButton
        label={t("app.queue")}
        description={running > 0 ? t("app.queueRunning", { count: running }) : t("app.queue")}
        icon={
          <span className={styles.icon}>
            {inQueue ? <TaskListLtr24Filled /> : <TaskListLtr24Regular />}
            {running > 0 && <CounterBadge className={styles.badge} size="small" count={running} />}
          </span>
        }
        isChosen={inQueue}
        onClick={() => navigate({ screen: "queue" })}
      />
      <RailButton
        label={t("app.data")}
        icon={screen === "data" ? <Database24Filled /> : <Database24Regular />}
        isChosen={screen === "data"}
        onClick={() => navigate({ screen: "data" })}
      />
      <span className={styles.gap} />
      <AccountButton />
    </nav>
  );
}
