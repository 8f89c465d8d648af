/** Which screen is shown. It lives in the page's hash, so that a reload comes back to it. */
export type Route =
  | { readonly screen: "score" }
  | { readonly screen: "queue" }
  | { readonly screen: "data" }
  | { readonly screen: "job"; readonly job: string };

/** Anything that is not a screen's hash is the first screen. */
export function parseRoute(hash: string): Route {
  const [screen, job] = hash.replace(/^#\/?/, "").split("/");
  if (screen === "queue" || screen === "data") return { screen };
  if (screen === "job" && job !== undefined && job !== "") return { screen: "job", job: decodeName(job) };
  return { screen: "score" };
}

export function routeHash(route: Route): string {
  return route.screen === "job" ? `#/job/${encodeURIComponent(route.job)}` : `#/${route.screen}`;
}

function decodeName(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
