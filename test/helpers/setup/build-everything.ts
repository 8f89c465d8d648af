import { build } from "./build.ts";

/** Before tests that open the window: the bundles and the window are up to date. */
export function setup(): void {
  build();
}
