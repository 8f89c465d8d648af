import {
  Body1,
  Body1Strong,
  Button,
  Caption1,
  DrawerBody,
  DrawerFooter,
  DrawerHeader,
  DrawerHeaderTitle,
  makeStyles,
  MessageBar,
  MessageBarBody,
  OverlayDrawer,
  Subtitle2,
  tokens,
} from "@fluentui/react-components";
import {
  Dismiss24Regular,
  Document20Regular,
  Folder20Regular,
  FolderOpen20Regular,
  Play20Regular,
} from "@fluentui/react-icons";
import { type FormEvent, type KeyboardEvent, useMemo, useRef, useState } from "react";
import type { EndpointCard as Endpoint, InputGrant } from "../../../electron/contract/channels.ts";
import { deviceTitles } from "../../../electron/contract/nouns/device.ts";
import type { Problem } from "../../../electron/contract/problem.ts";
import { call } from "../../bridge/bridge.ts";
import { ProblemNotice } from "../../components/problem-notice.tsx";
import { useEscape } from "../../components/use-escape.ts";
import { t } from "../../locales/words.ts";
import { chooseInput, closeSheet, openTrust, showNewJob } from "../../store/actions.ts";
import { type SheetRequest, useApp } from "../../store/app-store.ts";
import { DeploymentChoice } from "./deployment-choice.tsx";
import { EstimateSection } from "./estimate-section.tsx";
import { IncrementalChoice } from "./incremental-choice.tsx";
import { InputSummary } from "./input-summary.tsx";
import { noOverrides, type OverrideForm, overrideFaults, overridesOf } from "./overrides.ts";
import { OverridesForm } from "./overrides-form.tsx";
import { PreflightNotices } from "./preflight-notices.tsx";
import { SampleSection } from "./sample-section.tsx";
import { ScanReport } from "./scan-report.tsx";
import { useFocusAfterClosing, useFocusAfterOpening } from "./sheet-focus.ts";
import { usePreview } from "./use-preview.ts";
import { WhatIsRead } from "./what-is-read.tsx";

const useStyles = makeStyles({
  sheet: { width: "min(480px, 100vw)" },
  form: { display: "flex", flexDirection: "column", flexGrow: 1, minWidth: 0, width: "100%", minHeight: 0 },
  body: {
    display: "flex",
    flexDirection: "column",
    gap: tokens.spacingVerticalL,
    paddingBottom: tokens.spacingVerticalL,
  },
  title: { overflowWrap: "anywhere" },
  section: { display: "flex", flexDirection: "column", gap: tokens.spacingVerticalXS, minWidth: 0 },
  line: { display: "flex", alignItems: "center", gap: tokens.spacingHorizontalS, minWidth: 0 },
  cut: { minWidth: 0, overflow: "hidden", textOverflow: "ellipsis", whiteSpace: "nowrap" },
  path: { flexGrow: 1, minWidth: 0, overflowWrap: "anywhere" },
  quiet: { color: tokens.colorNeutralForeground2 },
  pair: { display: "flex", flexWrap: "wrap", gap: `${tokens.spacingVerticalL} ${tokens.spacingHorizontalXXXL}` },
  fixed: { flexShrink: 0 },
  // Beside Start, whatever the body is scrolled to.
  problem: { padding: `${tokens.spacingVerticalS} ${tokens.spacingHorizontalXXL}` },
  footer: { borderTop: `1px solid ${tokens.colorNeutralStroke2}`, justifyContent: "flex-end", alignItems: "center" },
  hint: { flexGrow: 1, color: tokens.colorNeutralForeground2 },
});

/** The sheet from the right: what will happen with the input, and Start. */
export function InvocationSheet() {
  const styles = useStyles();
  const request = useApp((state) => state.sheet);
  const endpoint = useApp((state) =>
    state.endpoints.state === "ready" && state.sheet !== null
      ? (state.endpoints.value.find(({ name }) => name === state.sheet?.endpointName) ?? null)
      : null,
  );
  const isOpen = request !== null && endpoint !== null;
  // A sheet that lies over this one closes first.
  const isOnTop = useApp((state) => state.trust === null);
  useEscape(isOpen && isOnTop, closeSheet);
  useFocusAfterClosing(isOpen, request?.endpointName ?? null);
  return (
    // Not modal: jobs that run stay within reach, and another drop simply takes this one's place.
    <OverlayDrawer
      position="end"
      modalType="non-modal"
      open={isOpen}
      className={styles.sheet}
      aria-label={isOpen ? t("sheet.title", { name: request.endpointName }) : undefined}
      onOpenChange={(_, { open }) => {
        if (!open) closeSheet();
      }}
    >
      {isOpen && (
        <Sheet key={`${request.endpointName} ${request.input.grantId}`} request={request} endpoint={endpoint} />
      )}
    </OverlayDrawer>
  );
}

function Sheet({ request, endpoint }: { readonly request: SheetRequest; readonly endpoint: Endpoint }) {
  const styles = useStyles();
  const { input } = request;
  const only = endpoint.deployments.length === 1 ? endpoint.deployments[0]?.name : undefined;
  const [deploymentName, setDeploymentName] = useState<string | null>(endpoint.default_deployment ?? only ?? null);
  const [output, setOutput] = useState<{ readonly grantId: string } | null>(null);
  const [form, setForm] = useState<OverrideForm>(noOverrides);
  const [isIncremental, setIncremental] = useState(false);
  const [isStarting, setStarting] = useState(false);
  const [problem, setProblem] = useState<Problem | null>(null);
  const start = useRef<HTMLButtonElement>(null);
  const deployment = endpoint.deployments.find(({ name }) => name === deploymentName) ?? null;
  const ownFile = deployment?.output_file_name ?? null;
  const overrides = useMemo(() => overridesOf(form, ownFile), [form, ownFile]);
  const preview = usePreview({
    endpointName: endpoint.name,
    deploymentName,
    grantId: input.grantId,
    outputGrant: output?.grantId ?? null,
    overrides,
    incremental: isIncremental,
    trusted: deployment?.trusted ?? null,
  });
  const report = preview.report.state === "ready" ? preview.report.value : null;
  const plan = report?.plan ?? null;
  useFocusAfterOpening(start);

  const canStart =
    preview.stage !== "looking" && plan !== null && report?.problems.length === 0 && overrideFaults(form).length === 0;
  // An endpoint that was never used has nothing to take over from.
  const canReuse = endpoint.last_used_at !== null && deployment !== null;

  const submit = async (): Promise<void> => {
    if (!canStart || isStarting || deploymentName === null) return;
    setStarting(true);
    setProblem(null);
    const answer = await call("invocations:start", {
      endpoint_name: endpoint.name,
      deployment_name: deploymentName,
      grantId: input.grantId,
      output_grant: output?.grantId ?? null,
      overrides,
      incremental: isIncremental,
    });
    setStarting(false);
    if (answer.ok) showNewJob(answer.value);
    else setProblem(answer.problem);
  };
  const changeOutput = async (): Promise<void> => {
    const answer = await call("outputs:choose", null);
    setProblem(answer.ok ? null : answer.problem);
    if (answer.ok && answer.value !== null) setOutput(answer.value);
  };
  const chooseAnother = async (kind: InputGrant["kind"]): Promise<void> =>
    setProblem(await chooseInput(endpoint.name, kind));

  const onSubmit = (event: FormEvent): void => {
    event.preventDefault();
    void submit();
  };
  // Enter starts from anywhere in the sheet but from what Enter already means something to.
  const onKeyDown = (event: KeyboardEvent): void => {
    if (event.key !== "Enter" || event.defaultPrevented) return;
    if (event.target instanceof Element && event.target.closest("button, a, input, select") !== null) return;
    void submit();
  };

  return (
    <form className={styles.form} onSubmit={onSubmit} onKeyDown={onKeyDown} noValidate>
      <DrawerHeader>
        <DrawerHeaderTitle
          heading={{ className: styles.title }}
          action={
            <Button
              appearance="subtle"
              icon={<Dismiss24Regular />}
              aria-label={t("sheet.close")}
              onClick={closeSheet}
            />
          }
        >
          {t("sheet.title", { name: endpoint.name })}
        </DrawerHeaderTitle>
      </DrawerHeader>
      <DrawerBody className={styles.body}>
        {request.leftOut > 0 && (
          <MessageBar className={styles.fixed} intent="warning" layout="multiline">
            <MessageBarBody>{t("score.severalDropped", { name: input.name, count: request.leftOut })}</MessageBarBody>
          </MessageBar>
        )}
        <section className={styles.section} aria-label={t("sheet.input")}>
          <div className={styles.line}>
            {input.kind === "folder" ? (
              <Folder20Regular className={styles.fixed} />
            ) : (
              <Document20Regular className={styles.fixed} />
            )}
            <Subtitle2 as="h3" className={styles.cut} title={input.name}>
              {input.name}
            </Subtitle2>
          </div>
          {deploymentName !== null && <InputSummary preview={preview} name={input.name} />}
        </section>
        {endpoint.deployments.length !== 1 && (
          <DeploymentChoice endpoint={endpoint} chosen={deploymentName} onChoose={setDeploymentName} />
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
          <div className={styles.line}>
            <Button icon={<FolderOpen20Regular />} onClick={() => void chooseAnother("folder")}>
              {t("score.chooseFolder")}
            </Button>
            <Button icon={<Document20Regular />} onClick={() => void chooseAnother("file")}>
              {t("score.chooseFile")}
            </Button>
          </div>
        )}
        {canReuse && <IncrementalChoice chosen={isIncremental} onChoose={setIncremental} plan={plan} />}
        {report !== null && plan !== null && (
          <>
            <WhatIsRead plan={plan} size={deployment?.takes.size ?? null} />
            <SampleSection sample={report.sample} isComing={preview.stage !== "done"} />
            <section className={styles.section}>
              <Body1Strong as="h3">{t("sheet.output")}</Body1Strong>
              <div className={styles.line}>
                <div className={styles.path} data-testid="output-place">
                  <Body1 block>
                    {plan.output_file} ({t(`setting.batchdeck.output_format.${plan.output_format}`)})
                  </Body1>
                  <Caption1 className={styles.quiet} block>
                    {t("sheet.outputFolder", { folder: plan.output_folder })}
                  </Caption1>
                  {plan.output_format === "csv" && (
                    <Caption1 className={styles.quiet} block>
                      {t(plan.csv_formulas === "escape" ? "sheet.formulasEscaped" : "sheet.formulasKept")}
                    </Caption1>
                  )}
                </div>
                <Button
                  className={styles.fixed}
                  size="small"
                  aria-label={t("sheet.changeOutput")}
                  onClick={() => void changeOutput()}
                >
                  {t("sheet.change")}
                </Button>
              </div>
            </section>
            {report.estimate !== null && <EstimateSection estimate={report.estimate} />}
            <div className={styles.pair}>
              {endpoint.deployments.length === 1 && (
                <section className={styles.section}>
                  <Body1Strong as="h3">{t("sheet.deployment")}</Body1Strong>
                  <Body1 className={styles.cut} title={plan.model.name}>
                    {deploymentName}
                  </Body1>
                </section>
              )}
              <section className={styles.section}>
                <Body1Strong as="h3">{t("sheet.runsOn")}</Body1Strong>
                <Body1>{t("sheet.workers", { device: deviceTitles[plan.device], count: plan.workers })}</Body1>
              </section>
            </div>
            <div>
              {report.scan !== null && <ScanReport scan={report.scan} model={plan.model} />}
              <OverridesForm
                form={form}
                onChange={setForm}
                deploymentThreshold={deployment?.error_threshold ?? -1}
                format={plan.output_format}
              />
            </div>
          </>
        )}
      </DrawerBody>
      {problem !== null && (
        <div className={styles.problem}>
          <ProblemNotice problem={problem} onDismiss={() => setProblem(null)} />
        </div>
      )}
      <DrawerFooter className={styles.footer}>
        <Caption1 className={styles.hint}>
          {report !== null && preview.stage === "looking"
            ? t("sheet.lookingAgain")
            : t(canStart ? "sheet.startHint" : "sheet.closeHint")}
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
      </DrawerFooter>
    </form>
  );
}
