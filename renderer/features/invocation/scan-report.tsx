import {
  Accordion,
  AccordionHeader,
  AccordionItem,
  AccordionPanel,
  makeStyles,
  tokens,
} from "@fluentui/react-components";
import type { InvocationPlan, PreflightScan } from "../../../electron/contract/nouns/preflight.ts";
import { Facts } from "../../components/facts.tsx";
import { findingLine, format, t } from "../../locales/words.ts";

const useStyles = makeStyles({
  // Its arrow stands where all other text begins.
  folded: { margin: `0 calc(-1 * ${tokens.spacingHorizontalM})` },
});

type Props = { readonly scan: PreflightScan; readonly model: InvocationPlan["model"] };

/** What reading the model's file found, folded away. */
export function ScanReport({ scan, model }: Props) {
  const styles = useStyles();
  const facts = [
    { name: t("scan.model"), value: `${model.name}:${model.version}` },
    { name: "SHA-256", value: model.sha256 },
    { name: t("scan.looked"), value: t(scan.looked === "now" ? "scan.now" : "scan.atCreation") },
    ...(scan.parameters === null ? [] : [{ name: t("scan.parameters"), value: format.number(scan.parameters) }]),
    ...(scan.memory_bytes === null ? [] : [{ name: t("scan.memory"), value: format.bytes(scan.memory_bytes) }]),
    ...(scan.opsets.length === 0
      ? []
      : [
          {
            name: t("scan.operators"),
            value: scan.opsets
              .map(({ domain, version }) => `${domain === "" ? "ai.onnx" : domain} ${version}`)
              .join(", "),
          },
        ]),
    ...scan.findings.map((finding) => ({ name: finding.code, hint: finding.where, value: findingLine(finding) })),
  ];
  return (
    <Accordion collapsible className={styles.folded}>
      <AccordionItem value="scan">
        <AccordionHeader size="small">{t(scan.verdict === "safe" ? "scan.safe" : "scan.refused")}</AccordionHeader>
        <AccordionPanel>
          <Facts facts={facts} />
        </AccordionPanel>
      </AccordionItem>
    </Accordion>
  );
}
