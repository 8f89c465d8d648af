import { useMemo, useState } from "react";
import type { CallAnswer, InputGrant } from "../../../electron/contract/channels.ts";
import type { Problem } from "../../../electron/contract/problem.ts";
import { call } from "../../bridge/bridge.ts";
import { chooseInput, showNewJob } from "../../store/actions.ts";
import type { SheetRequest } from "../../store/app-store.ts";
import { noOverrides, type OverrideForm, overrideFaults, overridesOf } from "./overrides.ts";

/** An endpoint of this computer or of Azure, as far as an invocation chooses among what it has. */
type Offered<Deployment> = {
  readonly name: string;
  readonly default_deployment: string | null;
  readonly deployments: readonly Deployment[];
};
type Named = { readonly name: string; readonly output_file_name?: string | null };

/** What the user of a sheet has decided, wherever the job is to run, and how Start goes. */
export function useChoices<Deployment extends Named>(
  { input, runsOn }: SheetRequest,
  { name, default_deployment, deployments }: Offered<Deployment>,
) {
  const only = deployments.length === 1 ? deployments[0]?.name : undefined;
  const [deploymentName, chooseDeployment] = useState<string | null>(default_deployment ?? only ?? null);
  const [output, setOutput] = useState<{ readonly grantId: string } | null>(null);
  const [form, changeOverrides] = useState<OverrideForm>(noOverrides);
  const [isStarting, setStarting] = useState(false);
  const [problems, setProblems] = useState<readonly Problem[]>([]);
  const deployment = deployments.find((one) => one.name === deploymentName) ?? null;
  const ownFile = deployment?.output_file_name ?? null;
  const overrides = useMemo(() => overridesOf(form, ownFile), [form, ownFile]);
  const { grantId } = input;
  const outputGrant = output?.grantId ?? null;

  async function start(send: () => Promise<CallAnswer<"invocations:start">>): Promise<void> {
    if (isStarting) return;
    setStarting(true);
    setProblems([]);
    const answer = await send();
    setStarting(false);
    if (answer.ok) showNewJob(answer.value);
    else setProblems([answer.problem, ...(answer.others ?? [])]);
  }

  async function changeOutput(): Promise<void> {
    const answer = await call("outputs:choose", null);
    setProblems(answer.ok ? [] : [answer.problem]);
    if (answer.ok && answer.value !== null) setOutput(answer.value);
  }

  async function chooseAnother(kind: InputGrant["kind"]): Promise<void> {
    const problem = await chooseInput(name, kind, runsOn);
    setProblems(problem === null ? [] : [problem]);
  }

  return {
    deploymentName,
    chooseDeployment,
    /** Null: none was chosen yet. */
    deployment,
    form,
    changeOverrides,
    hasFaults: overrideFaults(form).length > 0,
    /** Keeps its identity while what was typed means the same. */
    overrides,
    outputGrant,
    /** What both kinds of job are asked for with. */
    request: { endpoint_name: name, grantId, output_grant: outputGrant, overrides },
    isStarting,
    /** All that Start was refused for. */
    problems,
    dismissProblem: (dismissed: Problem) => setProblems((shown) => shown.filter((problem) => problem !== dismissed)),
    start,
    changeOutput,
    chooseAnother,
  };
}
