import {
  Body1,
  Body1Strong,
  Button,
  Caption1,
  DrawerBody,
  DrawerFooter,
  DrawerHeader,
  DrawerHeaderTitle,
  Field,
  makeStyles,
  MessageBar,
  MessageBarBody,
  OverlayDrawer,
  Select,
  Spinner,
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
import { type FormEvent, type KeyboardEvent, useEffect, useId, useRef, useState } from "react";
import type { EndpointCard as Endpoint, InputGrant } from "../../../electron/contract/channels.ts";
import { deviceTitles } from "../../../electron/contract/device.ts";
import type { Problem } from "../../../electron/contract/problem.ts";
import { call } from "../../bridge/bridge.ts";
import { ProblemNotice } from "../../components/problem-notice.tsx";
import { format, t } from "../../locales/words.ts";
import { chooseInput, closeSheet, showNewJob } from "../../store/actions.ts";
import { type Fetched, type SheetRequest, useApp } from "../../store/app-store.ts";
import { MappingTable } from "./mapping-table.tsx";
import { noOverrides, type OverrideForm, outputFileName, overrideFaults, overridesOf } from "./overrides.ts";
import { OverridesForm } from "./overrides-form.tsx";
import { type Preview, usePreview } from "./use-preview.ts";

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
  useEscape(isOpen);
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
  const [overrides, setOverrides] = useState<OverrideForm>(noOverrides);
  const [isStarting, setStarting] = useState(false);
  const [problem, setProblem] = useState<Problem | null>(null);
  const start = useRef<HTMLButtonElement>(null);
  const preview = usePreview({
    endpointName: endpoint.name,
    deploymentName,
    grantId: input.grantId,
    outputGrant: output?.grantId ?? null,
  });
  useFocusAfterOpening(start);

  const canStart = preview.state === "ready" && deploymentName !== null && overrideFaults(overrides).length === 0;

  const submit = async (): Promise<void> => {
    if (!canStart || isStarting) return;
    setStarting(true);
    setProblem(null);
    const answer = await call("invocations:start", {
      endpoint_name: endpoint.name,
      deployment_name: preview.value.deployment_name,
      grantId: input.grantId,
      output_grant: output?.grantId ?? null,
      overrides: overridesOf(overrides, preview.value.output_file),
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
        {preview.state === "failed" && (
          <>
            <ProblemNotice problem={preview.problem} />
            <div className={styles.line}>
              <Button icon={<FolderOpen20Regular />} onClick={() => void chooseAnother("folder")}>
                {t("score.chooseFolder")}
              </Button>
              <Button icon={<Document20Regular />} onClick={() => void chooseAnother("file")}>
                {t("score.chooseFile")}
              </Button>
            </div>
          </>
        )}
        {preview.state === "ready" && (
          <>
            <WhatIsRead preview={preview.value} endpoint={endpoint} />
            <section className={styles.section}>
              <Body1Strong as="h3">{t("sheet.output")}</Body1Strong>
              <div className={styles.line}>
                <div className={styles.path} data-testid="output-place">
                  <Body1 block>{outputFileName(preview.value.output_file, overrides)}</Body1>
                  <Caption1 className={styles.quiet}>
                    {t("sheet.outputFolder", { folder: preview.value.output_folder })}
                  </Caption1>
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
            <div className={styles.pair}>
              {endpoint.deployments.length === 1 && (
                <section className={styles.section}>
                  <Body1Strong as="h3">{t("sheet.deployment")}</Body1Strong>
                  <Body1 className={styles.cut} title={preview.value.deployment_name}>
                    {preview.value.deployment_name}
                  </Body1>
                </section>
              )}
              <section className={styles.section}>
                <Body1Strong as="h3">{t("sheet.runsOn")}</Body1Strong>
                <Body1>
                  {t("sheet.workers", { device: deviceTitles[preview.value.device], count: preview.value.workers })}
                </Body1>
                {preview.value.workers_capped_from !== null && (
                  <Caption1 className={styles.quiet}>
                    {t("sheet.capped", { count: preview.value.workers_capped_from })}
                  </Caption1>
                )}
              </section>
            </div>
            <OverridesForm
              form={overrides}
              onChange={setOverrides}
              deploymentThreshold={preview.value.error_threshold}
            />
          </>
        )}
      </DrawerBody>
      {problem !== null && (
        <div className={styles.problem}>
          <ProblemNotice problem={problem} onDismiss={() => setProblem(null)} />
        </div>
      )}
      <DrawerFooter className={styles.footer}>
        <Caption1 className={styles.hint}>{t(canStart ? "sheet.startHint" : "sheet.closeHint")}</Caption1>
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

function InputSummary({ preview, name }: { readonly preview: Fetched<Preview>; readonly name: string }) {
  const styles = useStyles();
  if (preview.state === "loading")
    return <Spinner size="tiny" labelPosition="after" label={t("sheet.looking", { name })} />;
  if (preview.state === "failed") return null;
  const { items, items_exact, item_unit, files, bytes, skipped_files } = preview.value;
  const amount = t(item_unit === "row" ? "sheet.rows" : "sheet.files", { count: items });
  const parts = [
    items_exact ? amount : t("sheet.about", { amount }),
    ...(item_unit === "row" ? [t("sheet.files", { count: files })] : []),
    format.bytes(bytes),
  ];
  return (
    <>
      <Body1 data-testid="input-summary">{parts.join(" · ")}</Body1>
      {skipped_files > 0 && (
        <Caption1 className={styles.quiet}>{t("sheet.skipped", { count: skipped_files })}</Caption1>
      )}
    </>
  );
}

type ChoiceProps = {
  readonly endpoint: Endpoint;
  readonly chosen: string | null;
  readonly onChoose: (name: string) => void;
};

function DeploymentChoice({ endpoint, chosen, onChoose }: ChoiceProps) {
  const styles = useStyles();
  const labelId = useId();
  const mark = (name: string): string =>
    name === endpoint.default_deployment ? t("sheet.defaultMark", { name }) : name;
  return (
    <section className={styles.section}>
      <Body1Strong as="h3" id={labelId}>
        {t("sheet.deployment")}
      </Body1Strong>
      <Field {...(chosen === null ? { hint: t("sheet.noDefault") } : {})}>
        <Select aria-labelledby={labelId} value={chosen ?? ""} onChange={(_, { value }) => onChoose(value)}>
          {chosen === null && <option value="">{t("sheet.chooseDeployment")}</option>}
          {endpoint.deployments.map(({ name }) => (
            <option key={name} value={name}>
              {mark(name)}
            </option>
          ))}
        </Select>
      </Field>
    </section>
  );
}

/** How delimited text is read where that is not as usual, so that a wrong guess is seen; null when it is. */
function readAs(dialect: NonNullable<Preview["dialect"]>): string | null {
  const facts = [
    ...(dialect.delimiter === "," ? [] : [t(separators[dialect.delimiter])]),
    ...(dialect.decimal === "." ? [] : [t("sheet.decimalComma")]),
    ...(dialect.encoding === "utf-8" ? [] : ["Windows-1252"]),
  ];
  return facts.length === 0 ? null : t("sheet.readAs", { facts: facts.join(", ") });
}

const separators = { ";": "sheet.semicolons", "\t": "sheet.tabs", "|": "sheet.bars" } as const;

function WhatIsRead({ preview, endpoint }: { readonly preview: Preview; readonly endpoint: Endpoint }) {
  const styles = useStyles();
  const size = endpoint.deployments.find(({ name }) => name === preview.deployment_name)?.takes.size ?? null;
  const unusual = preview.dialect === null ? null : readAs(preview.dialect);
  const hasColumns = preview.mapping.some(({ columns }) => columns.length > 0);
  if (!hasColumns && size === null) return null;
  return (
    <section className={styles.section}>
      <Body1Strong as="h3">{t("sheet.mapping")}</Body1Strong>
      {hasColumns ? (
        <>
          <MappingTable mapping={preview.mapping} />
          {unusual !== null && <Caption1 className={styles.quiet}>{unusual}</Caption1>}
        </>
      ) : (
        <Body1>{t("sheet.pictures", size ?? {})}</Body1>
      )}
    </section>
  );
}

/** Fluent focuses a sheet's first button, Close; Start is what Enter should press. */
function useFocusAfterOpening(button: React.RefObject<HTMLButtonElement | null>): void {
  useEffect(() => {
    const frame = requestAnimationFrame(() => button.current?.focus());
    return () => cancelAnimationFrame(frame);
  }, [button]);
}

/** The keyboard goes on where it was: at the endpoint's card, or at the page that took its place. */
function useFocusAfterClosing(isOpen: boolean, endpointName: string | null): void {
  const lastEndpoint = useRef(endpointName);
  if (endpointName !== null) lastEndpoint.current = endpointName;
  useEffect(() => {
    if (!isOpen) return undefined;
    return () => {
      const card = document.querySelector<HTMLElement>(`[data-endpoint="${lastEndpoint.current}"]`);
      (card ?? document.querySelector("main"))?.focus();
    };
  }, [isOpen]);
}

/** Esc closes the sheet also while the focus is elsewhere in the window. */
function useEscape(isOpen: boolean): void {
  useEffect(() => {
    if (!isOpen) return undefined;
    const onKeyDown = (event: globalThis.KeyboardEvent): void => {
      if (event.key === "Escape" && !event.defaultPrevented) closeSheet();
    };
    window.addEventListener("keydown", onKeyDown);
    return () => window.removeEventListener("keydown", onKeyDown);
  }, [isOpen]);
}
