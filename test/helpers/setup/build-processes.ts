import { build } from "./build.ts";

/** Before tests that start our processes: the bundles are up to date. */
export function setup(): void {
  build("--only-node");
}
