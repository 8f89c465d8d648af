import type { CallInput } from "../../electron/contract/channels.ts";
import { call, listen } from "../bridge/bridge.ts";
import { t } from "../locales/words.ts";
import { useApp } from "./app-store.ts";
import { closeAzureSheet, fetchAzureEndpoints, openAzureSheet } from "./azure-actions.ts";
import { isUnderWay, type Publication, withStep } from "./publishing.ts";

export function connectPublishing(): void {
  listen("azure:publishing", (step) => {
    changeRunning((publication) => ({ ...publication, steps: withStep(publication.steps, step) }));
  });
}

/** The sheet for an endpoint of this computer; the publication of now goes before it, and how one ended that nobody saw. */
export function openPublishSheet(endpointName: string): void {
  const { publication } = useApp.getState();
  useApp.setState({ publishFor: publication?.wanted.endpoint_name ?? endpointName });
  openAzureSheet("publish");
}

/** What is being published goes on. */
export function closePublishSheet(): void {
  closeAzureSheet();
  const { publication } = useApp.getState();
  if (publication !== null && !isUnderWay(publication)) forgetPublication();
}

/** Back to what is to be published, and where. */
export function forgetPublication(): void {
  useApp.setState({ publication: null });
}

/** Publishes while the sheet shows how far it is; what was sent before is not sent again. */
export async function publish(wanted: CallInput<"azure:publish">): Promise<void> {
  useApp.setState({ publication: { wanted, steps: [], outcome: { kind: "running" } } });
  const answer = await call("azure:publish", wanted);
  changeRunning((publication) => ({
    ...publication,
    outcome: answer.ok ? { kind: "published" } : { kind: "refused", problem: answer.problem },
  }));
  const names = { deployment: wanted.deployment_name, endpoint: wanted.endpoint_name };
  useApp.setState({ announcement: t(answer.ok ? "publish.done" : "publish.notDone", names) });
  await fetchAzureEndpoints();
}

/** Main ends it and reports the outcome. */
export function cancelPublication(): void {
  changeRunning((publication) => ({ ...publication, outcome: { kind: "cancelling" } }));
  void call("azure:cancel-publish", null);
}

function changeRunning(change: (publication: Publication) => Publication): void {
  useApp.setState(({ publication }) =>
    publication !== null && isUnderWay(publication) ? { publication: change(publication) } : {},
  );
}
