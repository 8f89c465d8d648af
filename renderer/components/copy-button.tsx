import { Button } from "@fluentui/react-components";
import { Copy16Regular } from "@fluentui/react-icons";
import { useEffect, useState } from "react";
import { t } from "../locales/words.ts";

const saidForMs = 2000;

/** Copies a text and says so for a moment. */
export function CopyButton({ text, label }: { readonly text: string; readonly label?: string }) {
  const [copied, setCopied] = useState(false);
  useEffect(() => {
    if (!copied) return undefined;
    const timer = setTimeout(() => setCopied(false), saidForMs);
    return () => clearTimeout(timer);
  }, [copied]);
  return (
    <Button
      size="small"
      appearance="outline"
      icon={<Copy16Regular />}
      onClick={() => void copyText(text).then(setCopied)}
    >
      <span aria-live="polite">{copied ? t("problem.copied") : (label ?? t("problem.copy"))}</span>
    </Button>
  );
}

/** True when the text is on the clipboard. */
async function copyText(text: string): Promise<boolean> {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    // The program may refuse pages the clipboard; the old way needs only the click that brought us here.
    return copySelection(text);
  }
}

function copySelection(text: string): boolean {
  const area = document.createElement("textarea");
  const focused = document.activeElement;
  area.value = text;
  area.style.position = "fixed";
  area.style.opacity = "0";
  document.body.append(area);
  area.select();
  const copied = document.execCommand("copy");
  area.remove();
  if (focused instanceof HTMLElement) focused.focus();
  return copied;
}
