import { Field, Radio, RadioGroup } from "@fluentui/react-components";
import { t } from "../../../locales/words.ts";
import { chooseWhereToRun } from "../../../store/actions.ts";
import { type SheetRequest, useApp } from "../../../store/app-store.ts";
import { activeAccount, azureEndpointOf, chosenWorkspace } from "../../../store/azure.ts";

/** Whether this computer or Azure scores the input: asked when both could, which takes an account and a workspace. */
export function RunOnChoice({ request: { runsOn, endpointName } }: { readonly request: SheetRequest }) {
  const account = useApp(({ azure }) => activeAccount(azure));
  const workspace = useApp(({ azure }) => chosenWorkspace(azure));
  const isHere = useApp(
    ({ endpoints }) =>
      endpoints.state === "ready" &&
      endpoints.value.some(({ name, deployments }) => name === endpointName && deployments.length > 0),
  );
  const isInAzure = useApp(({ azureEndpoints }) => azureEndpointOf(azureEndpoints, endpointName) !== null);
  if (account === null || workspace === null || !isHere) return null;
  const name = workspace.workspace;
  return (
    <Field label={t("sheet.runOn")} {...(isInAzure ? {} : { hint: t("sheet.notInAzure", { name }) })}>
      <RadioGroup
        layout="horizontal"
        value={runsOn}
        onChange={(_, { value }) => chooseWhereToRun(value === "azure" ? "azure" : "local")}
      >
        <Radio value="local" label={t("sheet.thisComputer")} />
        <Radio value="azure" label={t("sheet.inAzure", { name })} disabled={!isInAzure} />
      </RadioGroup>
    </Field>
  );
}
