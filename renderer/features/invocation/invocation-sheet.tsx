import type { EndpointCard as Endpoint } from "../../../electron/contract/channels.ts";
import { ProblemNotice } from "../../components/problem-notice.tsx";
import { SideDrawer } from "../../components/side-drawer.tsx";
import { t } from "../../locales/words.ts";
import { closeSheet, openTrust } from "../../store/actions.ts";
import { type SheetRequest, useApp } from "../../store/app-store.ts";
import { azureEndpointOf } from "../../store/azure.ts";
import { AzureJobSheet } from "./azure/azure-job-sheet.tsx";
import { DeploymentChoice } from "./deployment-choice.tsx";
import { EstimateSection } from "./estimate-section.tsx";
import { IncrementalChoice } from "./incremental-choice.tsx";
import { ChooseAnotherInput, InputSection } from "./input-section.tsx";
import { OutputSection, RunsOnSection } from "./output-section.tsx";
import { OverridesForm } from "./overrides-form.tsx";
import { PreflightNotices } from "./preflight-notices.tsx";
import { RunOnChoice } from "./azure/run-on-choice.tsx";
import { SampleSection } from "./sample-section.tsx";
import { ScanReport } from "./scan-report.tsx";
import { useFocusAfterClosing } from "./sheet-focus.ts";
import { SheetForm } from "./sheet-form.tsx";
import { useInvocation } from "./use-invocation.ts";
import { WhatIsRead } from "./what-is-read.tsx";

/** The sheet from the right: what will happen with the input, here or in Azure, and Start. */
export function InvocationSheet() {
  const request = useApp((state) => state.sheet);
  const endpoint = useApp(({ sheet, endpoints }) =>
    endpoints.state === "ready" && sheet?.runsOn === "local"
      ? (endpoints.value.find(({ name }) => name === sheet.endpointName) ?? null)
      : null,
  );
  const azureEndpoint = useApp(({ sheet, azureEndpoints }) =>
    sheet?.runsOn === "azure" ? azureEndpointOf(azureEndpoints, sheet.endpointName) : null,
  );
  const isOpen = request !== null && (endpoint !== null || azureEndpoint !== null);
  // A sheet that lies over this one closes first.
  const isOnTop = useApp((state) => state.trust === null && state.azureSheet === null);
  useFocusAfterClosing(isOpen, request?.endpointName ?? null);
  const key = isOpen ? `${request.runsOn} ${request.endpointName} ${request.input.grantId}` : "";
  return (
    <SideDrawer
      isOpen={isOpen}
      isOnTop={isOnTop}
      label={isOpen ? t("sheet.title", { name: request.endpointName }) : undefined}
      onClose={closeSheet}
    >
      {isOpen && endpoint !== null && <LocalSheet key={key} request={request} endpoint={endpoint} />}
      {isOpen && azureEndpoint !== null && <AzureJobSheet key={key} request={request} endpoint={azureEndpoint} />}
    </SideDrawer>
  );
}

function LocalSheet({ request, endpoint }: { readonly request: SheetRequest; readonly endpoint: Endpoint }) {
  const { input } = request;
  const { preview, ...invocation } = useInvocation(request, endpoint);
  const { deployment, deploymentName, form } = invocation;
  const report = preview.report.state === "ready" ? preview.report.value : null;
  const plan = report?.plan ?? null;

  return (
    <SheetForm
      request={request}
      invocation={invocation}
      isLookingAgain={report !== null && preview.stage === "looking"}
    >
      <InputSection input={input} preview={deploymentName === null ? null : preview} />
      <RunOnChoice
        request={request}
        overrides={invocation.overrides}
        own={report === null ? null : { runsOn: "local", seconds: report.estimate?.seconds ?? null }}
      />
      {endpoint.deployments.length !== 1 && (
        <DeploymentChoice endpoint={endpoint} chosen={deploymentName} onChoose={invocation.chooseDeployment} />
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
        <IncrementalChoice chosen={invocation.isIncremental} onChoose={invocation.chooseIncremental} plan={plan} />
      )}
      {report !== null && plan !== null && (
        <>
          <WhatIsRead
            plan={plan}
            size={deployment?.takes.size ?? null}
            seen={report.seen}
            isComing={preview.stage !== "done"}
          />
          <SampleSection sample={report.sample} isComing={preview.stage !== "done"} />
          <OutputSection plan={plan} onChange={() => void invocation.changeOutput()} />
          {report.estimate !== null && <EstimateSection estimate={report.estimate} />}
          <RunsOnSection plan={plan} deploymentName={endpoint.deployments.length === 1 ? deploymentName : null} />
          <div>
            {report.scan !== null && <ScanReport scan={report.scan} model={plan.model} />}
            <OverridesForm
              form={form}
              onChange={invocation.changeOverrides}
              deploymentThreshold={deployment?.error_threshold ?? -1}
              format={plan.output_format}
            />
          </div>
        </>
      )}
    </SheetForm>
  );
}
