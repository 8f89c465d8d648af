import { useEffect, useState } from "react";
import type { InputGrant } from "../../../../electron/contract/channels.ts";
import type { AzureEndpointCard as Endpoint } from "../../../../electron/contract/views/azure-card.ts";
import type { AzurePlan } from "../../../../electron/contract/views/azure-plan.ts";
import type { Problem } from "../../../../electron/contract/problem.ts";
import { call } from "../../../bridge/bridge.ts";
import { chooseInput, showNewJob } from "../../../store/actions.ts";
import type { Fetched, SheetRequest } from "../../../store/app-store.ts";

/** A job in Azure while its user decides about it: the choices, what Azure and main say of them, and Start. */
export function useAzureJob({ input }: SheetRequest, endpoint: Endpoint) {
  const models = endpoint.deployments.filter(({ type }) => type === "model");
  const only = models.length === 1 ? models[0]?.name : undefined;
  const [deploymentName, chooseDeployment] = useState<string | null>(endpoint.default_deployment ?? only ?? null);
  const [output, setOutput] = useState<{ readonly grantId: string } | null>(null);
  const [plan, setPlan] = useState<Fetched<AzurePlan>>({ state: "loading" });
  const [asked, setAsked] = useState(0);
  const [isStarting, setStarting] = useState(false);
  const [problems, setProblems] = useState<readonly Problem[]>([]);
  const outputGrant = output?.grantId ?? null;
  const { name } = endpoint;

  useEffect(() => {
    if (deploymentName === null) return undefined;
    let isCurrent = true;
    setPlan({ state: "loading" });
    void call("azure:preview-job", request(name, deploymentName, input, outputGrant)).then((answer) => {
      if (!isCurrent) return;
      setPlan(answer.ok ? { state: "ready", value: answer.value } : { state: "failed", problem: answer.problem });
    });
    return () => {
      isCurrent = false;
    };
    // `asked` is not read: a new number is a reason to look again.
  }, [name, deploymentName, input, outputGrant, asked]);

  const canStart = plan.state === "ready" && plan.value.job !== null && plan.value.problems.length === 0;
  const start = async (): Promise<void> => {
    if (!canStart || isStarting || deploymentName === null) return;
    setStarting(true);
    setProblems([]);
    const answer = await call("azure:start-job", request(name, deploymentName, input, outputGrant));
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
    const problem = await chooseInput(name, kind, "azure");
    setProblems(problem === null ? [] : [problem]);
  };

  return {
    models,
    deploymentName,
    chooseDeployment,
    plan,
    lookAgain: () => setAsked((times) => times + 1),
    canStart,
    isStarting,
    start,
    changeOutput,
    chooseAnother,
    problems,
    dismissProblem: (dismissed: Problem) => setProblems((shown) => shown.filter((problem) => problem !== dismissed)),
  };
}

function request(endpointName: string, deploymentName: string, { grantId }: InputGrant, outputGrant: string | null) {
  return {
    endpoint_name: endpointName,
    deployment_name: deploymentName,
    grantId,
    output_grant: outputGrant,
    overrides: {},
  };
}
