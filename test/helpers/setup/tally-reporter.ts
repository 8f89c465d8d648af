import { writeSync } from "node:fs";
import type { Reporter, SerializedError, TestModule } from "vitest/node";

/** Ends a run with one plain line on stdout, `N passed, N failed`, whatever the terminal and the other reporters do. */
export default function createTallyReporter(): Reporter {
  return {
    onTestRunEnd(modules: readonly TestModule[], unhandledErrors: readonly SerializedError[]) {
      let passed = 0;
      // An error outside every test is a failure too.
      let failed = unhandledErrors.length;
      for (const module of modules) {
        failed += module.errors().length;
        for (const suite of module.children.allSuites()) failed += suite.errors().length;
        for (const test of module.children.allTests()) {
          const { state } = test.result();
          if (state === "passed") passed += 1;
          if (state === "failed" || state === "pending") failed += 1;
        }
      }
      process.once("exit", () => writeSync(1, `${passed} passed, ${failed} failed\n`));
    },
  };
}
