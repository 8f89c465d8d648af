import { makeStyles, tokens } from "@fluentui/react-components";
import { Cloud16Regular } from "@fluentui/react-icons";
import type { JobView } from "../../../electron/contract/nouns/job.ts";
import { t } from "../../locales/words.ts";

const useStyles = makeStyles({
  cloud: { display: "flex", flexShrink: 0, color: tokens.colorBrandForeground1 },
});

/** The cloud of a job that runs in Azure; nothing for any other. */
export function AzureMark({ job }: { readonly job: JobView }) {
  const styles = useStyles();
  if (job.azure === null) return null;
  const title = t("job.inAzure", { name: job.azure.workspace });
  return (
    <span className={styles.cloud} role="img" aria-label={title} title={title}>
      <Cloud16Regular />
    </span>
  );
}
