import {
  Body1,
  Body1Strong,
  Button,
  Caption1,
  makeStyles,
  MessageBar,
  MessageBarBody,
  Spinner,
  tokens,
} from "@fluentui/react-components";
import type { AzureEndpointCard as Endpoint } from "../../../../electron/contract/views/azure-card.ts";
import type { AzurePlan } from "../../../../electron/contract/views/azure-plan.ts";
import { ProblemNotice } from "../../../components/problem-notice.tsx";
import { azureEstimateSentences, format, t } from "../../../locales/words.ts";
import type { SheetRequest } from "../../../store/app-store.ts";
import { AzureProblem } from "../../azure/azure-problem.tsx";
import { DeploymentChoice } from "../deployment-choice.tsx";
import { ChooseAnotherInput, InputSection } from "../input-section.tsx";
import { OverridesForm } from "../overrides-form.tsx";
import { AzureEstimateSection } from "./azure-estimate-section.tsx";
import { RunOnChoice } from "./run-on-choice.tsx";
import { SheetForm } from "../sheet-form.tsx";
import { useAzureJob } from "./use-azure-job.ts";

const useStyles = makeStyles({
  section: { display: "flex", flexDirection: "column", gap: tokens.spacingVerticalXS, minWidth: 0 },
  line: { display: "flex", alignItems: "center", gap: tokens.spacingHorizontalS, minWidth: 0 },
  path: { flexGrow: 1, minWidth: 0, overflowWrap: "anywhere" },
  quiet: { color: tokens.colorNeutralForeground2, overflowWrap: "anywhere" },
  fixed: { flexShrink: 0 },
  list: {
    display: "flex",
    flexDirection: "column",
    gap: tokens.spacingVerticalXS,
    margin: 0,
    paddingInlineStart: tokens.spacingHorizontalL,
    color: tokens.colorNeutralForeground2,
  },
});

/** What will be sent to Azure, as whom, and where the rows come back to. */
export function AzureJobSheet({ request, endpoint }: { readonly request: SheetRequest; readonly endpoint: Endpoint }) {
  const { plan, ...job } = useAzureJob(request, endpoint);
  const answer = plan.state === "ready" ? plan.value : null;
  return (
    <SheetForm request={request} invocation={job} isLookingAgain={plan.state !== "loading" && job.isLooking}>
      <InputSection input={request.input} preview={null} />
      <RunOnChoice
        request={request}
        overrides={job.overrides}
        own={answer === null ? null : { runsOn: "azure", estimate: answer.job?.estimate ?? null }}
      />
      {job.models.length !== 1 && (
        <DeploymentChoice
          endpoint={{ deployments: job.models, default_deployment: endpoint.default_deployment }}
          chosen={job.deploymentName}
          onChoose={job.chooseDeployment}
        />
      )}
      {plan.state === "loading" && job.deploymentName !== null && (
        <Spinner label={t("sheet.askingAzure")} delay={200} />
      )}
      {plan.state === "failed" && <AzureProblem problem={plan.problem} onRetry={job.lookAgain} />}
      {answer?.problems.map((problem, place) => (
        <ProblemNotice key={place} problem={problem} />
      ))}
      {answer?.problems.some(({ code }) => code.startsWith("input/")) === true && (
        <ChooseAnotherInput onChoose={job.chooseAnother} />
      )}
      {answer !== null && answer.job !== null && (
        <>
          <MissingRights rights={answer.job.missing_rights} />
          <Plan job={answer.job} onChangeOutput={() => void job.changeOutput()} onPriced={job.lookAgain} />
          <OverridesForm
            form={job.form}
            onChange={job.changeOverrides}
            deploymentThreshold={null}
            format={answer.job.output_format}
          />
        </>
      )}
    </SheetForm>
  );
}

/** What the account may not do, as Azure tells; it may be wrong about that, so that Start is not refused for it. */
function MissingRights({ rights }: { readonly rights: PlannedJob["missing_rights"] }) {
  const styles = useStyles();
  if (rights.length === 0) return null;
  return (
    <MessageBar className={styles.fixed} intent="warning" layout="multiline" data-testid="missing-rights">
      <MessageBarBody>
        {rights.map((right) => (
          <Body1 block key={right.name}>
            {azureEstimateSentences.missingRight(right)}
          </Body1>
        ))}
      </MessageBarBody>
    </MessageBar>
  );
}

type PlannedJob = NonNullable<AzurePlan["job"]>;

type PlanProps = {
  readonly job: PlannedJob;
  readonly onChangeOutput: () => void;
  readonly onPriced: () => void;
};

function Plan({ job, onChangeOutput, onPriced }: PlanProps) {
  const styles = useStyles();
  const { upload } = job;
  return (
    <>
      <section className={styles.section}>
        <Body1Strong as="h3">{t("sheet.sent")}</Body1Strong>
        <Body1 data-testid="azure-upload">
          {upload === null
            ? t("sheet.nothingSent")
            : t("sheet.upload", { count: upload.files, size: format.bytes(upload.bytes) })}
        </Body1>
        {upload !== null && (
          <Caption1 className={styles.quiet}>{t("sheet.datastore", { datastore: job.datastore })}</Caption1>
        )}
      </section>
      <section className={styles.section}>
        <Body1Strong as="h3">{t("sheet.runsOn")}</Body1Strong>
        <Body1>{t("sheet.cluster", { compute: job.compute, workspace: job.workspace })}</Body1>
        <Caption1 className={styles.quiet} data-testid="azure-runs-as">
          {t("sheet.runsAs", { name: job.run_as })}
        </Caption1>
      </section>
      <section className={styles.section}>
        <Body1Strong as="h3">{t("sheet.output")}</Body1Strong>
        <div className={styles.line}>
          <div className={styles.path} data-testid="output-place">
            <Body1 block>{job.output_file}</Body1>
            <Caption1 className={styles.quiet} block>
              {t("sheet.outputFolder", { folder: job.output_folder })}
            </Caption1>
          </div>
          <Button className={styles.fixed} size="small" aria-label={t("sheet.changeOutput")} onClick={onChangeOutput}>
            {t("sheet.change")}
          </Button>
        </div>
      </section>
      <AzureEstimateSection estimate={job.estimate} compute={job.compute} onPriced={onPriced} />
      <section className={styles.section}>
        <Body1Strong as="h3">{t("sheet.otherwise")}</Body1Strong>
        <ul className={styles.list}>
          {upload !== null && upload.nested > 0 && (
            <li>
              <Caption1>{t("sheet.nested", { count: upload.nested })}</Caption1>
            </li>
          )}
          <li>
            <Caption1>{t("sheet.noOrder")}</Caption1>
          </li>
          <li>
            <Caption1>{t("sheet.byFile")}</Caption1>
          </li>
        </ul>
      </section>
    </>
  );
}
