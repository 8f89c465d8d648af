import {
  Caption1,
  makeStyles,
  MessageBar,
  MessageBarBody,
  ProgressBar,
  Spinner,
  Text,
  tokens,
} from "@fluentui/react-components";
import { CheckmarkCircle20Filled, Circle20Regular } from "@fluentui/react-icons";
import type { AzureProgress } from "../../../../electron/contract/views/azure-write.ts";
import { ProblemNotice } from "../../../components/problem-notice.tsx";
import { format, t } from "../../../locales/words.ts";
import { isUnderWay, type Publication, thingOf } from "../../../store/publishing.ts";
import { AzureProblem } from "../azure-problem.tsx";

const useStyles = makeStyles({
  list: {
    display: "flex",
    flexDirection: "column",
    gap: tokens.spacingVerticalM,
    margin: 0,
    padding: 0,
    listStyleType: "none",
  },
  step: { display: "flex", alignItems: "flex-start", gap: tokens.spacingHorizontalS, minWidth: 0 },
  icon: { display: "flex", flexShrink: 0, width: "20px", justifyContent: "center" },
  good: { color: tokens.colorStatusSuccessForeground1 },
  words: { flexGrow: 1, minWidth: 0, overflowWrap: "anywhere" },
  progress: { margin: `${tokens.spacingVerticalXS} 0` },
  quiet: { color: tokens.colorNeutralForeground2 },
  bar: { flexShrink: 0 },
});

/** What was done, what is being done, and how it ended. */
export function PublishProgress({ publication }: { readonly publication: Publication }) {
  const styles = useStyles();
  const { steps, outcome } = publication;
  const isRunning = isUnderWay(publication);
  const isOpen = isRunning && steps.every(isDone);
  return (
    <>
      <Outcome publication={publication} />
      <ul role="list" className={styles.list} aria-label={t("publish.steps")} data-testid="publish-steps">
        {steps.map((step) => (
          <Step key={thingOf(step)} step={step} isRunning={isRunning} />
        ))}
        {isOpen && (
          <li className={styles.step}>
            <Spinner size="extra-tiny" className={styles.icon} />
            <Text className={styles.words}>{t(steps.length === 0 ? "publish.checking" : "publish.goingOn")}</Text>
          </li>
        )}
      </ul>
      {isRunning && (
        <Caption1 className={styles.quiet}>
          {t(outcome.kind === "cancelling" ? "publish.cancelling" : "publish.mayClose")}
        </Caption1>
      )}
    </>
  );
}

function Outcome({ publication: { outcome, wanted } }: { readonly publication: Publication }) {
  const styles = useStyles();
  if (outcome.kind === "published") {
    const names = { deployment: wanted.deployment_name, endpoint: wanted.endpoint_name };
    return (
      <MessageBar intent="success" layout="multiline" className={styles.bar} data-testid="published">
        <MessageBarBody>{t("publish.done", names)}</MessageBarBody>
      </MessageBar>
    );
  }
  if (outcome.kind !== "refused") return null;
  const { problem } = outcome;
  switch (problem.code) {
    case "azure/cancelled":
      return (
        <MessageBar intent="info" layout="multiline" className={styles.bar} data-testid="publish-cancelled">
          <MessageBarBody>{t("publish.cancelled")}</MessageBarBody>
        </MessageBar>
      );
    // Azure goes on with it.
    case "azure/operation-unfinished":
      return <ProblemNotice problem={problem} intent="warning" remedy={t("publish.seeLater")} />;
    default:
      return <AzureProblem problem={problem} />;
  }
}

function Step({ step, isRunning }: { readonly step: AzureProgress; readonly isRunning: boolean }) {
  const styles = useStyles();
  const facts = factsOf(step, isRunning);
  return (
    <li className={styles.step}>
      <span className={styles.icon} aria-hidden="true">
        {isDone(step) ? (
          <CheckmarkCircle20Filled className={styles.good} />
        ) : isRunning ? (
          <Spinner size="extra-tiny" />
        ) : (
          <Circle20Regular />
        )}
      </span>
      <div className={styles.words}>
        <Text block>{titleOf(step, isRunning)}</Text>
        {step.kind === "uploading" && isRunning && step.totalBytes > 0 && (
          <ProgressBar className={styles.progress} value={step.sentBytes} max={step.totalBytes} />
        )}
        {facts !== "" && <Caption1 className={styles.quiet}>{facts}</Caption1>}
      </div>
    </li>
  );
}

function isDone({ kind }: AzureProgress): boolean {
  return kind === "registered" || kind === "done";
}

function titleOf(step: AzureProgress, isRunning: boolean): string {
  switch (step.kind) {
    case "uploading":
      return t(isRunning ? "publish.uploading" : "publish.notUploaded", { what: t(`publish.what.${step.what}`) });
    case "registered":
      return t(step.isNew ? "publish.registered" : "publish.wasThere", { what: t(`publish.what.${step.what}`) });
    case "working":
    case "done":
      // An endpoint that is updated gets its default.
      return t(`publish.${step.change === "create" ? "create" : "update"}.${step.noun}.${step.kind}`, {
        name: step.name,
      });
  }
}

/** Amounts, names and Azure's own word for its state. */
function factsOf(step: AzureProgress, isRunning: boolean): string {
  switch (step.kind) {
    case "uploading": {
      const amount = t("publish.amount", { sent: format.bytes(step.sentBytes), total: format.bytes(step.totalBytes) });
      if (!isRunning || step.bytesPerSecond === 0) return amount;
      return `${amount} · ${t("publish.rate", { bytes: format.bytes(step.bytesPerSecond) })}`;
    }
    case "registered":
      // The name of code is its content, a hash of 64 digits, which is not worth reading.
      return step.what === "code" ? "" : `${step.name}:${step.version}`;
    case "working":
      return [step.status, format.duration(step.seconds)].join(" · ");
    case "done":
      return "";
  }
}
