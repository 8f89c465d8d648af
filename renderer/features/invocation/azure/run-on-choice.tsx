import { Field, makeStyles, Radio, RadioGroup, tokens } from "@fluentui/react-components";
import { sentenceOf } from "../../../../electron/contract/sentences/sentences.ts";
import { preflightSentences, format, t } from "../../../locales/words.ts";
import { chooseWhereToRun } from "../../../store/actions.ts";
import { type SheetRequest, useApp } from "../../../store/app-store.ts";
import { activeAccount, azureEndpointOf, chosenWorkspace } from "../../../store/azure.ts";
import { costText, runText } from "./azure-estimate.ts";
import { type Estimated, useOtherEstimate } from "./use-other-estimate.ts";

const useStyles = makeStyles({
  quiet: {
    display: "block",
    color: tokens.colorNeutralForeground2,
    fontSize: tokens.fontSizeBase200,
    overflowWrap: "anywhere",
  },
});

type Props = {
  readonly request: SheetRequest;
  readonly overrides: Readonly<Record<string, string>>;
  /** Of the place that the sheet is about; null: it is not known yet. */
  readonly own: Estimated | null;
};

/** Whether this computer or Azure scores the input: asked when both could, which takes an account and a workspace. */
export function RunOnChoice({ request, overrides, own }: Props) {
  const { runsOn, endpointName } = request;
  const account = useApp(({ azure }) => activeAccount(azure));
  const workspace = useApp(({ azure }) => chosenWorkspace(azure));
  const isHere = useApp(
    ({ endpoints }) =>
      endpoints.state === "ready" &&
      endpoints.value.some(({ name, deployments }) => name === endpointName && deployments.length > 0),
  );
  const isInAzure = useApp(({ azureEndpoints }) => azureEndpointOf(azureEndpoints, endpointName) !== null);
  const isOffered = account !== null && workspace !== null && isHere;
  const other = useOtherEstimate(request, overrides, isOffered && isInAzure);
  if (!isOffered) return null;
  const name = workspace.workspace;
  return (
    <Field label={t("sheet.runOn")} {...(isInAzure ? {} : { hint: t("sheet.notInAzure", { name }) })}>
      <RadioGroup value={runsOn} onChange={(_, { value }) => chooseWhereToRun(value === "azure" ? "azure" : "local")}>
        <Radio value="local" label={<Option name={t("sheet.thisComputer")} text={textOf("local", own, other)} />} />
        <Radio
          value="azure"
          label={<Option name={t("sheet.inAzure", { name })} text={textOf("azure", own, other)} />}
          disabled={!isInAzure}
        />
      </RadioGroup>
    </Field>
  );
}

function Option({ name, text }: { readonly name: string; readonly text: string | null }) {
  const styles = useStyles();
  return (
    <>
      {name}
      {text !== null && (
        <span className={styles.quiet} data-testid="run-on-estimate">
          {text}
        </span>
      )}
    </>
  );
}

/** Null: nobody has answered yet. */
function textOf(runsOn: Estimated["runsOn"], ...all: readonly (Estimated | null)[]): string | null {
  const estimated = all.find((one) => one?.runsOn === runsOn) ?? null;
  if (estimated === null) return null;
  if (estimated.runsOn === "local") {
    const { seconds } = estimated;
    if (seconds === null) return t("sheet.noEarlierHere");
    const basis = sentenceOf(preflightSentences.basis, seconds.basis);
    return t("sheet.optionTime", { time: t("sheet.withBasis", { amount: format.durationRange(seconds), basis }) });
  }
  const { estimate } = estimated;
  if (estimate === null) return t("sheet.azureUnknown");
  const cost = costText(estimate);
  const time = runText(estimate);
  return cost === null ? t("sheet.optionTime", { time }) : t("sheet.optionCost", { time, cost });
}
