import { Body1Strong, Caption1, makeStyles, tokens } from "@fluentui/react-components";
import type { ReactNode } from "react";
import type { PreflightEstimate } from "../../../electron/contract/nouns/preflight.ts";
import { type Fact, Facts } from "../../components/facts.tsx";
import { sentenceOf } from "../../../electron/contract/sentences/sentences.ts";
import { format, preflightSentences, t } from "../../locales/words.ts";

const useStyles = makeStyles({
  section: { display: "flex", flexDirection: "column", gap: tokens.spacingVerticalXS, minWidth: 0 },
  note: { display: "block", color: tokens.colorNeutralForeground2, overflowWrap: "anywhere" },
});

/** How long it will take and how much it will write, as ranges with what they are taken from. */
export function EstimateSection({ estimate }: { readonly estimate: PreflightEstimate }) {
  const styles = useStyles();
  const { seconds, output_bytes, disks } = estimate;
  const withNote = (words: string, note: string): ReactNode => (
    <>
      {words}
      <Caption1 className={styles.note}>{note}</Caption1>
    </>
  );
  const facts: readonly Fact[] = [
    {
      name: t("sheet.time"),
      value:
        seconds === null
          ? t("sheet.timeUnknown")
          : withNote(format.durationRange(seconds), sentenceOf(preflightSentences.basis, seconds.basis)),
    },
    {
      name: t("sheet.output"),
      value: withNote(format.bytesRange(output_bytes), sentenceOf(preflightSentences.basis, output_bytes.basis)),
    },
    ...disks.map(({ place, free_bytes, needed_bytes }) => ({
      name: t("sheet.disk"),
      value: withNote(
        t("sheet.diskUse", { needed: format.bytes(needed_bytes), free: format.bytes(free_bytes) }),
        place,
      ),
    })),
  ];
  return (
    <section className={styles.section} data-testid="estimate">
      <Body1Strong as="h3">{t("sheet.estimate")}</Body1Strong>
      <Facts facts={facts} />
    </section>
  );
}
