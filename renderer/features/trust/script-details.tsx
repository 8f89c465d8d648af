import {
  Accordion,
  AccordionHeader,
  AccordionItem,
  AccordionPanel,
  Body1Strong,
  Caption1,
  makeStyles,
  tokens,
} from "@fluentui/react-components";
import type { ShownScript } from "../../../electron/contract/channels.ts";
import { type Fact, Facts } from "../../components/facts.tsx";
import { format, t } from "../../locales/words.ts";

const useStyles = makeStyles({
  section: { display: "flex", flexDirection: "column", gap: tokens.spacingVerticalXS, minWidth: 0 },
  code: {
    margin: 0,
    padding: tokens.spacingHorizontalM,
    maxHeight: "40vh",
    overflow: "auto",
    border: `1px solid ${tokens.colorNeutralStroke2}`,
    borderRadius: tokens.borderRadiusMedium,
    backgroundColor: tokens.colorNeutralBackground3,
    fontFamily: tokens.fontFamilyMonospace,
    fontSize: tokens.fontSizeBase200,
    lineHeight: tokens.lineHeightBase200,
    whiteSpace: "pre",
    ":focus-visible": { outline: `2px solid ${tokens.colorStrokeFocus2}`, outlineOffset: "-2px" },
  },
  quiet: { color: tokens.colorNeutralForeground2 },
  // Its arrow stands where all other text begins.
  folded: { margin: `0 calc(-1 * ${tokens.spacingHorizontalM})` },
});

/** A script, what runs it and what comes with it. */
export function ScriptDetails({ script }: { readonly script: ShownScript }) {
  const styles = useStyles();
  const { files, file_count, is_cut, environment_variables } = script;
  const variables = Object.entries(environment_variables);
  const facts: readonly Fact[] = [
    { name: t("trust.script"), value: script.script },
    { name: t("trust.interpreter"), value: script.interpreter ?? t("trust.node") },
    { name: t("trust.environment"), value: script.environment },
    { name: t("scan.model"), value: script.model },
    ...variables.map(([name, value]) => ({ name: t("trust.variable"), hint: name, value })),
    { name: "SHA-256", value: script.hash },
  ];
  return (
    <>
      <Facts facts={facts} />
      <section className={styles.section}>
        <Body1Strong as="h3">{is_cut ? t("trust.beginning", { name: script.script }) : script.script}</Body1Strong>
        {/* Focusable, because a region that scrolls must be reachable with the keyboard. */}
        <pre className={styles.code} tabIndex={0} role="region" aria-label={script.script}>
          {script.text}
        </pre>
      </section>
      <Accordion collapsible className={styles.folded}>
        <AccordionItem value="files">
          <AccordionHeader size="small">{t("trust.files", { count: file_count })}</AccordionHeader>
          <AccordionPanel>
            <Facts facts={files.map(({ name, bytes }) => ({ name, value: format.bytes(bytes) }))} />
            {file_count > files.length && (
              <Caption1 className={styles.quiet}>{t("trust.more", { count: file_count - files.length })}</Caption1>
            )}
          </AccordionPanel>
        </AccordionItem>
      </Accordion>
    </>
  );
}
