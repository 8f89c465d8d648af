import { Button, Caption1, makeStyles, tokens } from "@fluentui/react-components";
import { CloudArrowUp20Regular } from "@fluentui/react-icons";
import { useRef } from "react";
import type { EndpointCard as Endpoint } from "../../../../electron/contract/channels.ts";
import { SideSheet } from "../../../components/side-sheet.tsx";
import type { TextKey } from "../../../locales/translate.ts";
import { t } from "../../../locales/words.ts";
import { useApp } from "../../../store/app-store.ts";
import { cancelPublication, closePublishSheet, forgetPublication, publish } from "../../../store/publish-actions.ts";
import type { Publication } from "../../../store/publishing.ts";
import { useFocusAfterOpening } from "../../invocation/sheet-focus.ts";
import { PublishForm } from "./publish-form.tsx";
import { PublishProgress } from "./publish-progress.tsx";
import { type PublishChoice, usePublishChoice } from "./use-publish-choice.ts";

const useStyles = makeStyles({
  hint: { flexGrow: 1, color: tokens.colorNeutralForeground2 },
});

/** Publishes a deployment of this computer to the chosen workspace. */
export function PublishSheet() {
  const endpoint = useApp(({ endpoints, publishFor }) =>
    endpoints.state === "ready" ? (endpoints.value.find(({ name }) => name === publishFor) ?? null) : null,
  );
  return endpoint === null ? null : <Sheet key={endpoint.name} endpoint={endpoint} />;
}

type Stage = "choosing" | Publication["outcome"]["kind"];

/** What the two buttons of the sheet say. They stay where they are, and the focus with them. */
const buttons: Readonly<Record<Stage, { readonly quiet: TextKey | null; readonly main: TextKey }>> = {
  choosing: { quiet: "sheet.cancel", main: "publish.publish" },
  running: { quiet: "sheet.cancel", main: "publish.running" },
  cancelling: { quiet: null, main: "publish.running" },
  published: { quiet: null, main: "sheet.close" },
  refused: { quiet: "publish.back", main: "problem.retry" },
};

function Sheet({ endpoint }: { readonly endpoint: Endpoint }) {
  const styles = useStyles();
  const publication = useApp((state) => state.publication);
  const choice = usePublishChoice(endpoint);
  const main = useRef<HTMLButtonElement>(null);
  useFocusAfterOpening(main);
  const stage = publication?.outcome.kind ?? "choosing";
  const words = buttons[stage];
  const isIdle = stage === "running" || stage === "cancelling" || (stage === "choosing" && choice.wanted === null);
  return (
    <SideSheet
      title={t("publish.title", { name: endpoint.name })}
      onClose={closePublishSheet}
      onSubmit={() => goOn(publication, choice)}
      footer={
        <>
          {stage === "choosing" && choice.wanted !== null && (
            <Caption1 className={styles.hint}>{t("publish.hint")}</Caption1>
          )}
          {words.quiet !== null && <Button onClick={() => goBack(publication)}>{t(words.quiet)}</Button>}
          <Button
            ref={(element: HTMLButtonElement | null) => {
              main.current = element;
            }}
            type="submit"
            appearance="primary"
            {...(stage === "choosing" ? { icon: <CloudArrowUp20Regular /> } : {})}
            disabledFocusable={isIdle}
          >
            {t(words.main)}
          </Button>
        </>
      }
    >
      {publication === null ? <PublishForm choice={choice} /> : <PublishProgress publication={publication} />}
    </SideSheet>
  );
}

/** What Enter does, and the main button. */
function goOn(publication: Publication | null, { wanted }: PublishChoice): void {
  switch (publication?.outcome.kind) {
    case undefined:
      if (wanted !== null) void publish(wanted);
      return;
    case "refused":
      void publish(publication?.wanted);
      return;
    case "published":
      closePublishSheet();
      return;
    case "running":
    case "cancelling":
  }
}

function goBack(publication: Publication | null): void {
  if (publication === null) closePublishSheet();
  else if (publication.outcome.kind === "running") cancelPublication();
  else forgetPublication();
}
