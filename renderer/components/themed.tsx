import { FluentProvider, webDarkTheme, webLightTheme } from "@fluentui/react-components";
import type { ReactNode } from "react";
import { useMediaQuery } from "./use-media-query.ts";

/** Light or dark as the system is. */
export function Themed({ children }: { readonly children: ReactNode }) {
  const isDark = useMediaQuery("(prefers-color-scheme: dark)");
  return <FluentProvider theme={isDark ? webDarkTheme : webLightTheme}>{children}</FluentProvider>;
}
