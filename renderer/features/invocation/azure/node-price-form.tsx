import { Button, Field, Input, makeStyles, tokens } from "@fluentui/react-components";
import { type KeyboardEvent, useEffect, useRef, useState } from "react";
import { type NodePrice, nodePriceSchema } from "../../../../electron/contract/nouns/azure/azure-estimate.ts";
import type { Problem } from "../../../../electron/contract/problem.ts";
import { call } from "../../../bridge/bridge.ts";
import { ProblemNotice } from "../../../components/problem-notice.tsx";
import { t } from "../../../locales/words.ts";

const useStyles = makeStyles({
  fields: { display: "flex", flexWrap: "wrap", alignItems: "flex-start", gap: tokens.spacingHorizontalM },
  amount: { width: "140px" },
  currency: { width: "120px" },
  buttons: { display: "flex", flexWrap: "wrap", gap: tokens.spacingHorizontalS },
  form: { display: "flex", flexDirection: "column", gap: tokens.spacingVerticalS },
  open: { alignSelf: "flex-start" },
});

type Props = { readonly compute: string; readonly price: NodePrice | null; readonly onPriced: () => void };

/** What a node of a cluster costs an hour: nobody but its user knows. Kept for the cluster, for all jobs to come. */
export function NodePriceForm({ compute, price, onPriced }: Props) {
  const styles = useStyles();
  const [isOpen, setOpen] = useState(false);
  const [amount, setAmount] = useState("");
  const [currency, setCurrency] = useState("");
  const [problem, setProblem] = useState<Problem | null>(null);
  const opener = useRef<HTMLButtonElement>(null);
  const wasOpen = useRef(false);
  useEffect(() => {
    // The focus was in fields that are gone.
    if (!isOpen && wasOpen.current) opener.current?.focus();
    wasOpen.current = isOpen;
  }, [isOpen]);
  const typed = nodePriceSchema.safeParse({ amount: amountOf(amount), currency: currency.toUpperCase() });

  function open(): void {
    setAmount(price === null ? "" : String(price.amount));
    setCurrency(price?.currency ?? "EUR");
    setOpen(true);
  }

  async function save(wanted: NodePrice | null): Promise<void> {
    const answer = await call("azure:set-price", { compute, price: wanted });
    setProblem(answer.ok ? null : answer.problem);
    if (!answer.ok) return;
    setOpen(false);
    onPriced();
  }

  /** Enter is for the price here, and not for Start; Esc closes the fields, and not the sheet. */
  function onKeyDown(event: KeyboardEvent): void {
    if (event.key !== "Enter" && event.key !== "Escape") return;
    if (event.key === "Enter" && event.target instanceof HTMLButtonElement) return;
    event.preventDefault();
    event.stopPropagation();
    if (event.key === "Escape") setOpen(false);
    else if (typed.success) void save(typed.data);
  }

  if (!isOpen) {
    return (
      <Button
        ref={(element: HTMLButtonElement | null) => {
          opener.current = element;
        }}
        className={styles.open}
        size="small"
        onClick={open}
      >
        {t(price === null ? "price.set" : "price.change")}
      </Button>
    );
  }
  return (
    <div className={styles.form} onKeyDown={onKeyDown} role="group" aria-label={t("price.title", { compute })}>
      <div className={styles.fields}>
        <Field
          label={t("price.amount")}
          size="small"
          {...(amount !== "" && amountOf(amount) === null ? { validationMessage: t("price.wrongAmount") } : {})}
        >
          <Input
            autoFocus
            className={styles.amount}
            size="small"
            inputMode="decimal"
            value={amount}
            onChange={(_, { value }) => setAmount(value.trim())}
          />
        </Field>
        <Field
          label={t("price.currency")}
          size="small"
          {...(/^[A-Za-z]{0,3}$/.test(currency) ? {} : { validationMessage: t("price.wrongCurrency") })}
        >
          <Input
            className={styles.currency}
            size="small"
            value={currency}
            onChange={(_, { value }) => setCurrency(value.trim())}
          />
        </Field>
      </div>
      {problem !== null && <ProblemNotice problem={problem} onDismiss={() => setProblem(null)} />}
      <div className={styles.buttons}>
        <Button
          size="small"
          appearance="primary"
          disabledFocusable={!typed.success}
          onClick={() => {
            if (typed.success) void save(typed.data);
          }}
        >
          {t("price.save")}
        </Button>
        {price !== null && (
          <Button size="small" onClick={() => void save(null)}>
            {t("price.remove")}
          </Button>
        )}
        <Button size="small" onClick={() => setOpen(false)}>
          {t("sheet.cancel")}
        </Button>
      </div>
    </div>
  );
}

/** "1,25" is an amount, too. Null: it is none. */
function amountOf(typed: string): number | null {
  if (!/^\d{1,9}([.,]\d{1,6})?$/.test(typed)) return null;
  const amount = Number(typed.replace(",", "."));
  return amount > 0 ? amount : null;
}
