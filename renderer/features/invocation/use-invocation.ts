import { useMemo, useState } from "react";
import type { EndpointCard as Endpoint, InputGrant } from "../../../electron/contract/channels.ts";
import type { Problem } from "../../../electron/contract/problem.ts";
import { call } from "../../bridge/bridge.ts";
import { chooseInput, showNewJob } from "../../store/actions.ts";
import type { SheetRequest } from "../../store/app-store.ts";
import { noOverrides, type OverrideForm, overrideFaults, overridesOf } from "./overrides.ts";
import { usePreview } from "./use-preview.ts";

/** An invocation while its user decides about it: the choices, what main says of them, and Start. */
export function useInvocation({ input }: SheetRequest, endpoint: Endpoint) {
  const only = endpoint.deployments.length === 1 ? endpoint.deployments[0]?.name : undefined;
  const [deploymentName, chooseDeployment] = useState<string | null>(endpoint.default_deployment ?? only ?? null);
  const [output, setOutput] = useState<{ readonly grantId: string } | null>(null);
  const [form, changeOverrides] = useState<OverrideForm>(noOverrides);
  const [isIncremental, chooseIncremental] = useState(false);
  const [isStarting, setStarting] = useState(false);
  const [problems, setProblems] = useState<readonly Problem[]>([]);
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
  const canStart =
    preview.stage !== "looking" &&
    report !== null &&
    report.plan !== null &&
    report.problems.length === 0 &&
    overrideFaults(form).length === 0;

  const start = async (): Promise<void> => {
    if (!canStart || isStarting || deploymentName === null) return;
    setStarting(true);
    setProblems([]);
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
    else setProblems([answer.problem, ...(answer.others ?? [])]);
  };
  const changeOutput = async (): Promise<void> => {
    const answer = await call("outputs:choose", null);
    setProblems(answer.ok ? [] : [answer.problem]);
    if (answer.ok && answer.value !== null) setOutput(answer.value);
  };
  const chooseAnother = async (kind: InputGrant["kind"]): Promise<void> => {
    const problem = await chooseInput(endpoint.name, kind);
    setProblems(problem === null ? [] : [problem]);
  };

  return {
    choices: {
      deploymentName,
      chooseDeployment,
      deployment,
      overrides: form,
      changeOverrides,
      isIncremental,
      chooseIncremental,
    },
    preview,
    canStart,
    // An endpoint that was never used has no job whose rows could be reused.
    canReuse: endpoint.last_used_at !== null && deployment !== null,
    isStarting,
    start,
    changeOutput,
    chooseAnother,
    /** All that Start was refused for. */
    problems,
    dismissProblem: (dismissed: Problem) => setProblems((shown) => shown.filter((problem) => problem !== dismissed)),
  };
}
