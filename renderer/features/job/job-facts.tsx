import type { JobView } from "../../../electron/contract/nouns/job.ts";
import { isTerminal } from "../../../electron/contract/job-status.ts";
import { Subtitle2 } from "@fluentui/react-components";
import { deviceTitles } from "../../../electron/contract/nouns/device.ts";
import { Facts } from "../../components/facts.tsx";
import { format, t } from "../../locales/words.ts";
import { StageTimes } from "./stage-times.tsx";

/** "2 workers on CPU": how many a running job has, or an ended one could use. */
export function workersText(job: Pick<JobView, "workers" | "provider" | "compute">): string {
  return t("job.workers", { count: job.workers, device: job.provider === "" ? job.compute : deviceName(job.provider) });
}

function deviceName(device: string): string {
  return isDevice(device) ? deviceTitles[device] : device;
}

function isDevice(name: string): name is keyof typeof deviceTitles {
  return Object.hasOwn(deviceTitles, name);
}

/** What a job is: where from, where to, by what, when. */
export function JobFacts({ job }: { readonly job: JobView }) {
  const facts = [
    { name: t("job.factName"), value: job.name },
    { name: t("job.factInput"), value: job.input_path },
    ...(job.input_source === null ? [] : [{ name: t("job.factSource"), value: job.input_source }]),
    { name: t("job.factEndpoint"), value: job.endpoint_name },
    { name: t("job.factDeployment"), value: job.deployment_name },
    { name: t("job.factOutput"), value: job.output_path },
    ...(job.base_job === null ? [] : [{ name: t("job.factBase"), value: job.base_job }]),
    ...(job.workers === 0 ? [] : [{ name: t("job.factRunsOn"), value: workersText(job) }]),
    // A model that runs elsewhere than its compute says: a warning tells why.
    ...(job.provider === "" || job.provider === job.device
      ? []
      : [{ name: t("job.factAskedDevice"), value: deviceName(job.device) }]),
    ...azureFacts(job),
    { name: t("setting.compute"), value: job.compute === "local" ? t("setting.compute.local") : job.compute },
    ...(isTerminal(job.status) ? [] : [{ name: t("job.priority"), value: t(`priority.${job.priority}`) }]),
    // Of a job in Azure its script decides that.
    ...(job.azure === null ? [{ name: t("setting.batch"), value: format.number(job.batch) }] : []),
    ...(job.started_at === null
      ? []
      : [{ name: t("job.factStarted"), value: format.exact(Date.parse(job.started_at)) }]),
    ...(job.ended_at === null ? [] : [{ name: t("job.factEnded"), value: format.exact(Date.parse(job.ended_at)) }]),
    { name: t("job.factActive"), value: format.duration(job.active_seconds) },
    ...(job.cost === null
      ? []
      : [
          { name: t("job.factInstanceTime"), value: format.duration(job.instance_seconds) },
          { name: t("job.factCost"), value: format.amount(job.cost) },
        ]),
    ...(isTerminal(job.status) && job.rate > 0
      ? [{ name: t("job.averageRate"), value: format.rate(job.rate, job.item_unit) }]
      : []),
  ];
  return <Facts facts={facts} />;
}

function azureFacts({ azure }: JobView) {
  if (azure === null) return [];
  const { workspace, resource_group: group, run_as: account, job_name: name, studio_url: page } = azure;
  return [
    { name: t("job.factWorkspace"), value: `${workspace} (${group})` },
    { name: t("job.factRunsAs"), value: account },
    { name: t("job.factAzureName"), value: name },
    ...(page === null ? [] : [{ name: t("job.factStudio"), value: page }]),
  ];
}

/** Where the time of a job's workers went, once something is known of it. */
export function JobStages({ job }: { readonly job: JobView }) {
  if (Object.values(job.stage_ms).every((milliseconds) => milliseconds === 0)) return null;
  return (
    <>
      <Subtitle2 as="h3">{t("job.stages")}</Subtitle2>
      <StageTimes times={job.stage_ms} />
    </>
  );
}
