import { Body1, Button, Caption1, makeStyles, Spinner, tokens } from "@fluentui/react-components";
import { ShieldCheckmark20Regular } from "@fluentui/react-icons";
import { useEffect, useLayoutEffect, useState } from "react";
import type { ShownScript } from "../../../electron/contract/channels.ts";
import type { Problem } from "../../../electron/contract/problem.ts";
import { call } from "../../bridge/bridge.ts";
import { ProblemNotice } from "../../components/problem-notice.tsx";
import { SheetParts, SideDrawer } from "../../components/side-drawer.tsx";
import { t } from "../../locales/words.ts";
import { closeTrust, fetchEndpoints } from "../../store/actions.ts";
import { type Fetched, type TrustRequest, useApp } from "../../store/app-store.ts";
import { ScriptDetails } from "./script-details.tsx";

const useStyles = makeStyles({
  hint: { flexGrow: 1, color: tokens.colorNeutralForeground2 },
});

/** What a deployment would run, before its user says that it may. */
export function TrustSheet() {
  const request = useApp((state) => state.trust);
  useFocusAfterClosing(request !== null);
  return (
    <SideDrawer
      isOpen={request !== null}
      label={request === null ? undefined : t("trust.title", { name: request.deploymentName })}
      width="wide"
      onClose={closeTrust}
    >
      {request !== null && <Sheet key={`${request.endpointName} ${request.deploymentName}`} request={request} />}
    </SideDrawer>
  );
}

function Sheet({ request }: { readonly request: TrustRequest }) {
  const styles = useStyles();
  const { endpointName, deploymentName } = request;
  const [attempt, setAttempt] = useState(0);
  const script = useScript(request, attempt);
  const [isTrusting, setTrusting] = useState(false);
  const [problem, setProblem] = useState<Problem | null>(null);
  const shown = script.state === "ready" ? script.value : null;

  const trust = async (): Promise<void> => {
    if (shown === null || isTrusting) return;
    setTrusting(true);
    const { hash } = shown;
    const answer = await call("deployments:trust", {
      endpoint_name: endpointName,
      deployment_name: deploymentName,
      hash,
    });
    setTrusting(false);
    setProblem(answer.ok ? null : answer.problem);
    if (!answer.ok) return;
    await fetchEndpoints();
    closeTrust();
  };
  const lookAgain = (): void => {
    setProblem(null);
    setAttempt(attempt + 1);
  };

  return (
    <SheetParts
      title={t("trust.title", { name: deploymentName })}
      onClose={closeTrust}
      problem={problem === null ? undefined : <ProblemNotice problem={problem} onRetry={lookAgain} />}
      footer={
        <>
          <Caption1 className={styles.hint}>{t("trust.bound")}</Caption1>
          {/* The harmless answer has the focus: Enter pressed once too often trusts nothing. */}
          <Button ref={focusAtOnce} onClick={closeTrust}>
            {t("sheet.cancel")}
          </Button>
          <Button
            appearance="primary"
            icon={<ShieldCheckmark20Regular />}
            disabledFocusable={shown === null || isTrusting}
            onClick={() => void trust()}
          >
            {t("trust.allow")}
          </Button>
        </>
      }
    >
      <Body1>{t("trust.text")}</Body1>
      {script.state === "loading" && <Spinner size="tiny" label={t("trust.loading")} delay={200} />}
      {script.state === "failed" && <ProblemNotice problem={script.problem} onRetry={lookAgain} />}
      {script.state === "ready" && script.value === null && <Body1>{t("trust.nothing")}</Body1>}
      {shown !== null && <ScriptDetails script={shown} />}
    </SheetParts>
  );
}

function useScript({ endpointName, deploymentName }: TrustRequest, attempt: number): Fetched<ShownScript | null> {
  const [script, setScript] = useState<Fetched<ShownScript | null>>({ state: "loading" });
  useEffect(() => {
    let isCurrent = true;
    setScript({ state: "loading" });
    void call("deployments:script", { endpoint_name: endpointName, deployment_name: deploymentName }).then((answer) => {
      if (!isCurrent) return;
      setScript(answer.ok ? { state: "ready", value: answer.value } : { state: "failed", problem: answer.problem });
    });
    return () => {
      isCurrent = false;
    };
    // `attempt` is not read: another one is a reason to look again.
  }, [endpointName, deploymentName, attempt]);
  return script;
}

/** The keyboard goes on at what trusting is for, or where it was. */
function useFocusAfterClosing(isOpen: boolean): void {
  // Before the sheet takes the focus.
  useLayoutEffect(() => {
    if (!isOpen) return undefined;
    const before = document.activeElement;
    return () => {
      const start = document.querySelector<HTMLElement>('form button[type="submit"]');
      (start ?? (before instanceof HTMLElement && before.isConnected ? before : null))?.focus();
    };
  }, [isOpen]);
}

function focusAtOnce(element: HTMLElement | null): void {
  requestAnimationFrame(() => element?.focus());
}
