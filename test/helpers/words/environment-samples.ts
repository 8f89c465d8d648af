import type { environmentProblems } from "../../../electron/contract/words/english/environment-problems.ts";
import type { SamplesOf } from "./samples-of.ts";

export const environmentSamples: SamplesOf<typeof environmentProblems> = {
  "environment/invalid:name": [{ name: "a name" }],
  "environment/invalid:not-on-path": [{ program: "a program" }],
  "environment/invalid:no-program": [{ program: "a program" }],
  "environment/invalid:not-python": [
    { interpreter: "a interpreter", fault: { kind: "system", params: { reason: "a reason" } } },
    { interpreter: "a interpreter", fault: { kind: "exit", params: { code: 67, line: "a line" } } },
    { interpreter: "a interpreter", fault: { kind: "signal", params: { signal: "a signal", line: "a line" } } },
    { interpreter: "a interpreter", fault: { kind: "version", params: { said: "a said" } } },
    { interpreter: "a interpreter", fault: { kind: "no-answer", params: {} } },
  ],
  "environment/invalid:script-not-read": [
    { interpreter: "a interpreter", script: "a script", fault: { kind: "system", params: { reason: "a reason" } } },
    { interpreter: "a interpreter", script: "a script", fault: { kind: "exit", params: { code: 71, line: "a line" } } },
    {
      interpreter: "a interpreter",
      script: "a script",
      fault: { kind: "signal", params: { signal: "a signal", line: "a line" } },
    },
    { interpreter: "a interpreter", script: "a script", fault: { kind: "version", params: { said: "a said" } } },
    { interpreter: "a interpreter", script: "a script", fault: { kind: "no-answer", params: {} } },
  ],
  "environment/invalid:cannot-run": [
    { environment: "a environment", cause: { kind: "model/unreadable:not-a-file", params: {} } },
  ],
  "environment/invalid:language": [
    { environment: "a environment", runs: "python", script: "python" },
    { environment: "a environment", runs: "node", script: "python" },
    { environment: "a environment", runs: "python", script: "node" },
  ],
  "environment/not-found": [{ environment: "a environment" }],
  "environment/not-found:others": [{ environment: "a environment", known: ["known 1", "known 2"] }],
  "environment/not-found:not-named": [{ known: ["known 1", "known 2"] }],
  "environment/not-found:reference": [{ reference: "a reference", known: ["known 1", "known 2"] }],
  "environment/in-use": [{ environment: "a environment", deployment: "a deployment", endpoint: "a endpoint" }],
};
