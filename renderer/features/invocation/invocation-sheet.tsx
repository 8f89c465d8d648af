import { Button, Caption1, makeStyles, MessageBar, MessageBarBody, tokens } from "@fluentui/react-components";
import { Play20Regular } from "@fluentui/react-icons";
import { type FormEvent, type KeyboardEvent, type RefObject, useRef } from "react";
import type { EndpointCard as Endpoint } from "../../../electron/contract/channels.ts";
import { ProblemNotice } from "../../components/problem-notice.tsx";
import { SheetParts, SideDrawer } from "../../components/side-drawer.tsx";
import { t } from "../../locales/words.ts";
import { closeSheet, openTrust } from "../../store/actions.ts";
import { type SheetRequest, useApp } from "../../store/app-store.ts";
import { DeploymentChoice } from "./deployment-choice.tsx";
import { EstimateSection } from "./estimate-section.tsx";
import { IncrementalChoice } from "./incremental-choice.tsx";
import { ChooseAnotherInput, InputSection } from "./input-section.tsx";
import { OutputSection, RunsOnSection } from "./output-section.tsx";
import { OverridesForm } from "./overrides-form.tsx";
import { PreflightNotices } from "./preflight-notices.tsx";
import { SampleSection } from "./sample-section.tsx";
import { ScanReport } from "./scan-report.tsx";
import { useFocusAfterClosing, useFocusAfterOpening } from "./sheet-focus.ts";
import { type Invocation, useInvocation } from "./use-invocation.ts";
import { WhatIsRead } from "./what-is-read.tsx";

const useStyles = makeStyles({
  form: { display: "flex", flexDirection: "column", flexGrow: 1, minWidth: 0, width: "100%", minHeight: 0 },
  fixed: { flexShrink: 0 },
  hint: { flexGrow: 1, color: tokens.colorNeutralForeground2 },
});

/** The sheet from the right: what will happen with the input, and Start. */
export function InvocationSheet() {
  const request = useApp((state) => state.sheet);
  const endpoint = useApp((state) =>
    state.endpoints.state === "ready" && state.sheet !== null
      ? (state.endpoints.value.find(({ name }) => name === state.sheet?.endpointName) ?? null)
      : null,
  );
  const isOpen = request !== null && endpoint !== null;
  // A sheet that lies over this one closes first.
  const isOnTop = useApp((state) => state.trust === null);
  useFocusAfterClosing(isOpen, request?.endpointName ?? null);
  return (
    <SideDrawer
      isOpen={isOpen}
      isOnTop={isOnTop}
      label={isOpen ? t("sheet.title", { name: request.endpointName }) : undefined}
      onClose={closeSheet}
    >
      {isOpen && (
        <Sheet key={`${request.endpointName} ${request.input.grantId}`} request={request} endpoint={endpoint} />
      )}
    </SideDrawer>
  );
}

function Sheet({ request, endpoint }: { readonly request: SheetRequest; readonly endpoint: Endpoint }) {
  const styles = useStyles();
  const { input } = request;
  const { choices, preview, ...invocation } = useInvocation(request, endpoint);
  const { deployment, overrides } = choices;
  const report = preview.report.state === "ready" ? preview.report.value : null;
  const plan = report?.plan ?? null;
  const start = useRef<HTMLButtonElement>(null);
  useFocusAfterOpening(start);

  const onSubmit = (event: FormEvent): void => {
    event.preventDefault();
    void invocation.start();
  };
  // Enter starts from anywhere in the sheet but from what Enter already means something to.
  const onKeyDown = (event: KeyboardEvent): void => {
    if (event.key !== "Enter" || event.defaultPrevented) return;
    if (event.target instanceof Element && event.target.closest("button, a, input, select") !== null) return;
    void invocation.start();
  };

  return (
    <form className={styles.form} onSubmit={onSubmit} onKeyDown={onKeyDown} noValidate>
      <SheetParts
        title={t("sheet.title", { name: endpoint.name })}
        onClose={closeSheet}
        problem={
          invocation.problems.length === 0
            ? undefined
            : invocation.problems.map((problem, place) => (
                <ProblemNotice key={place} problem={problem} onDismiss={() => invocation.dismissProblem(problem)} />
              ))
        }
        footer={
          <StartButtons
            invocation={invocation}
            isLookingAgain={report !== null && preview.stage === "looking"}
            start={start}
          />
        }
      >
        {request.leftOut > 0 && (
          <MessageBar className={styles.fixed} intent="warning" layout="multiline">
            <MessageBarBody>{t("score.severalDropped", { name: input.name, count: request.leftOut })}</MessageBarBody>
          </MessageBar>
        )}
        <InputSection input={input} preview={choices.deploymentName === null ? null : preview} />
        {endpoint.deployments.length !== 1 && (
          <DeploymentChoice endpoint={endpoint} chosen={choices.deploymentName} onChoose={choices.chooseDeployment} />
        )}
        {preview.report.state === "failed" && <ProblemNotice problem={preview.report.problem} />}
        {report !== null && (
          <PreflightNotices
            problems={report.problems}
            warnings={report.warnings}
            onLookAtScript={() => openTrust(endpoint.name, report.deployment_name ?? "")}
          />
        )}
        {report?.problems.some(({ code }) => code.startsWith("input/")) === true && (
          <ChooseAnotherInput onChoose={invocation.chooseAnother} />
        )}
        {invocation.canReuse && (
          <IncrementalChoice chosen={choices.isIncremental} onChoose={choices.chooseIncremental} plan={plan} />
        )}
        {report !== null && plan !== null && (
          <>
            <WhatIsRead plan={plan} size={deployment?.takes.size ?? null} />
            <SampleSection sample={report.sample} isComing={preview.stage !== "done"} />
            <OutputSection plan={plan} onChange={() => void invocation.changeOutput()} />
            {report.estimate !== null && <EstimateSection estimate={report.estimate} />}
            <RunsOnSection
              plan={plan}
              deploymentName={endpoint.deployments.length === 1 ? choices.deploymentName : null}
            />
            <div>
              {report.scan !== null && <ScanReport scan={report.scan} model={plan.model} />}
              <OverridesForm
                form={overrides}
                onChange={choices.changeOverrides}
                deploymentThreshold={deployment?.error_threshold ?? -1}
                format={plan.output_format}
              />
            </div>
          </>
        )}
      </SheetParts>
    </form>
  );
}

function StartButtons({
  invocation,
  isLookingAgain,
  start,
}: {
  readonly invocation: Pick<Invocation, "canStart" | "isStarting">;
  readonly isLookingAgain: boolean;
  readonly start: RefObject<HTMLButtonElement | null>;
}) {
  const styles = useStyles();
  const { canStart, isStarting } = invocation;
  return (
    <>
      <Caption1 className={styles.hint}>
        {isLookingAgain ? t("sheet.lookingAgain") : t(canStart ? "sheet.startHint" : "sheet.closeHint")}
      </Caption1>
      <Button onClick={closeSheet}>{t("sheet.cancel")}</Button>
      <Button
        ref={(element: HTMLButtonElement | null) => {
          start.current = element;
        }}
        type="submit"
        appearance="primary"
        icon={<Play20Regular />}
        disabledFocusable={!canStart || isStarting}
      >
        {isStarting ? t("sheet.starting") : t("sheet.start")}
      </Button>
    </>
  );
}
