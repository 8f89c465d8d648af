import type { JobView } from "../../../electron/contract/job.ts";
import { Facts } from "../../components/facts.tsx";
import { Moment } from "../../components/moment.tsx";
import { format, t } from "../../locales/words.ts";

/** What a job is: where from, where to, by what, when. */
export function JobFacts({ job }: { readonly job: JobView }) {
  const facts = [
    { name: t("job.factName"), value: job.name },
    { name: t("job.factInput"), value: job.input_path },
    { name: t("job.factEndpoint"), value: job.endpoint_name },
    { name: t("job.factDeployment"), value: job.deployment_name },
    { name: t("job.factOutput"), value: job.output_path },
    {
      name: t("job.factRunsOn"),
      value: t("job.factWorkers", { provider: job.provider || job.compute, count: job.workers }),
    },
    ...(job.started_at === null ? [] : [{ name: t("job.factStarted"), value: <Moment at={job.started_at} /> }]),
    ...(job.ended_at === null ? [] : [{ name: t("job.factEnded"), value: <Moment at={job.ended_at} /> }]),
    { name: t("job.factActive"), value: format.duration(job.active_seconds) },
    ...(job.active_seconds > 0
      ? [
          {
            name: t("job.averageRate"),
            value: format.rate((job.succeeded + job.failed) / job.active_seconds, job.item_unit),
          },
        ]
      : []),
  ];
  return <Facts facts={facts} />;
}
