import { Body1Strong, Caption1, makeStyles, tokens } from "@fluentui/react-components";
import type { AzureEstimate } from "../../../../electron/contract/nouns/azure/azure-estimate.ts";
import { Facts } from "../../../components/facts.tsx";
import { format, t } from "../../../locales/words.ts";
import { costText, runText, uploadText } from "./azure-estimate.ts";
import { NodePriceForm } from "./node-price-form.tsx";

const useStyles = makeStyles({
  section: { display: "flex", flexDirection: "column", gap: tokens.spacingVerticalXS, minWidth: 0 },
  note: { display: "block", color: tokens.colorNeutralForeground2, overflowWrap: "anywhere" },
});

type Props = {
  readonly estimate: AzureEstimate;
  readonly compute: string;
  /** The price is another one. */
  readonly onPriced: () => void;
};

/** What the job will take in Azure, each with what it is known from, and the price that its user gave. */
export function AzureEstimateSection({ estimate, compute, onPriced }: Props) {
  const styles = useStyles();
  const cost = costText(estimate);
  const { price, nodes } = estimate;
  const facts = [
    { name: t("sheet.uploadTime"), value: uploadText(estimate) },
    { name: t("sheet.azureTime"), value: runText(estimate) },
    {
      name: t("sheet.cost"),
      value: (
        <>
          {cost ?? t(price === null ? "sheet.costNoPrice" : "sheet.costNoTime")}
          {price !== null && (
            <Caption1 className={styles.note}>
              {t("sheet.costBasis", { count: nodes, price: format.money(price.amount, price.currency) })}
            </Caption1>
          )}
        </>
      ),
    },
  ];
  return (
    <section className={styles.section} data-testid="azure-estimate">
      <Body1Strong as="h3">{t("sheet.estimate")}</Body1Strong>
      <Facts facts={facts} />
      <NodePriceForm compute={compute} price={price} onPriced={onPriced} />
    </section>
  );
}
