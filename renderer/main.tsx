import { createDOMRenderer, RendererProvider } from "@fluentui/react-components";
import type { ReactElement } from "react";
import { createRoot } from "react-dom/client";
import { App } from "./app.tsx";
import { call, hasBridge } from "./bridge/bridge.ts";
import { Themed } from "./components/themed.tsx";
import { refuseStrayDrops } from "./components/drop-target.ts";
import { TroublePage } from "./features/trouble/trouble-page.tsx";
import { locale, t } from "./locales/words.ts";
import { connect } from "./store/actions.ts";

const root = document.getElementById("root");
if (root !== null) start(root);

function start(container: HTMLElement): void {
  document.documentElement.lang = locale;
  if (!hasBridge()) {
    showFallback(container, t("app.noBridge"));
    return;
  }
  refuseStrayDrops();
  void call("app:start", null).then((answer) => {
    const trouble = answer.ok ? answer.value.trouble : null;
    if (trouble === null) connect();
    show(container, trouble === null ? <App /> : <TroublePage {...trouble} />);
  });
}

function show(container: HTMLElement, page: ReactElement): void {
  // Fluent's styles are made in the page; the policy lets them in by the nonce of this load.
  const nonce = document.querySelector<HTMLMetaElement>('meta[property="csp-nonce"]')?.nonce ?? "";
  const renderer = createDOMRenderer(document, { styleElementAttributes: { nonce } });
  createRoot(container, {
    onUncaughtError: (error) => {
      reportError(error);
      showFallback(container, t("app.crashed"));
    },
  }).render(
    <RendererProvider renderer={renderer} targetDocument={document}>
      <Themed>{page}</Themed>
    </RendererProvider>,
  );
}

/** A sentence in place of the window, for when there can be none. */
function showFallback(container: HTMLElement, sentence: string): void {
  const fallback = document.createElement("p");
  fallback.className = "fallback";
  fallback.textContent = sentence;
  container.replaceChildren(fallback);
}
