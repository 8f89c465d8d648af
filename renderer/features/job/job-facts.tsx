import type { JobView } from "../../../electron/contract/job.ts";
import { isTerminal } from "../../../electron/contract/job-status.ts";
import { Facts } from "../../components/facts.tsx";
import { format, t } from "../../locales/words.ts";

/** "2 workers on CPU": how many a running job has, or an ended one could use. */
export function workersText(job: Pick<JobView, "workers" | "provider" | "compute">): string {
  const device = job.provider === "" ? job.compute : job.provider.toUpperCase();
  return t("job.workers", { count: job.workers, device });
}

/** What a job is: where from, where to, by what, when. */
export function JobFacts({ job }: { readonly job: JobView }) {
  const facts = [
    { name: t("job.factName"), value: job.name },
    { name: t("job.factInput"), value: job.input_path },
    { name: t("job.factEndpoint"), value: job.endpoint_name },
    { name: t("job.factDeployment"), value: job.deployment_name },
    { name: t("job.factOutput"), value: job.output_path },
    ...(job.workers === 0 ? [] : [{ name: t("job.factRunsOn"), value: workersText(job) }]),
    ...(job.started_at === null
      ? []
      : [{ name: t("job.factStarted"), value: format.exact(Date.parse(job.started_at)) }]),
    ...(job.ended_at === null ? [] : [{ name: t("job.factEnded"), value: format.exact(Date.parse(job.ended_at)) }]),
    { name: t("job.factActive"), value: format.duration(job.active_seconds) },
    ...(isTerminal(job.status) && job.rate > 0
      ? [{ name: t("job.averageRate"), value: format.rate(job.rate, job.item_unit) }]
      : []),
  ];
  return <Facts facts={facts} />;
}
