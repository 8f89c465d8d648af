import { afterEach, expect, test } from "vitest";
import { childEnvironment } from "../../../electron/compute/child-environment.ts";
import {
  environmentVariableFault,
  isTooMuchEnvironment,
} from "../../../electron/contract/processes/environment-variables.ts";

const hostile = [
  "PATH",
  "Path",
  "NODE_OPTIONS",
  "node_options",
  "NODE_PATH",
  "NODE_CHANNEL_FD",
  "NODE_EXTRA_CA_CERTS",
  "LD_PRELOAD",
  "LD_LIBRARY_PATH",
  "LD_AUDIT",
  "DYLD_INSERT_LIBRARIES",
  "DYLD_FRAMEWORK_PATH",
  "VK_DRIVER_FILES",
  "VK_ICD_FILENAMES",
  "VK_ADD_LAYER_PATH",
  "ELECTRON_RUN_AS_NODE",
  "CUDA_INJECTION64_PATH",
  "OMP_TOOL_LIBRARIES",
  "GCONV_PATH",
  "GLIBC_TUNABLES",
  "OPENSSL_CONF",
  "PYTHONPATH",
  "PYTHONSTARTUP",
  "BASH_ENV",
  "HOME",
  "TMPDIR",
  "SystemRoot",
  "SSL_CERT_FILE",
  "SQLITE_TMPDIR",
  "BATCHDECK_SQLITE_BINDING",
  "BATCHDECK_PROCESS",
  "COR_PROFILER_PATH",
  "__COMPAT_LAYER",
  "A=B",
  "A B",
  "",
  "1A",
];

const harmless = {
  API_VERSION: "2026-01-15-preview",
  OPENAI_API_BASE: "$OPENAI_API_BASE",
  AZUREML_BI_TEXT_COLUMN: "text",
  OMP_NUM_THREADS: "1",
  CUDA_VISIBLE_DEVICES: "0",
  PYTHONUNBUFFERED: "1",
  path_to_it: "/x",
};

const before = { ...process.env };
afterEach(() => {
  process.env = { ...before };
});

test.each(hostile)("a deployment cannot set %j, and a process never gets it from one", (name) => {
  expect(environmentVariableFault(name, "x")).not.toBeNull();
  process.env = { PATH: "/bin" };
  expect(childEnvironment({ [name]: "evil", GOOD: "1" }, "worker-1")).toEqual({
    PATH: "/bin",
    GOOD: "1",
    ORT_DISABLE_TELEMETRY: "1",
    BATCHDECK_PROCESS: "worker-1",
  });
});

test("what a deployment may set arrives as it is written", () => {
  for (const [name, value] of Object.entries(harmless)) expect(environmentVariableFault(name, value)).toBeNull();
  expect(childEnvironment(harmless, "worker-1")).toMatchObject(harmless);
});

test("a value that would keep the process from being started is left out", () => {
  expect(environmentVariableFault("A", "x\0y")).not.toBeNull();
  expect(childEnvironment({ A: "x\0y" }, "worker-1")).not.toHaveProperty("A");
  expect(isTooMuchEnvironment({ A: "x".repeat(40_000) })).toBe(true);
  expect(isTooMuchEnvironment(harmless)).toBe(false);
});

test("nothing of this process's own environment gets into a child but what it needs to run", () => {
  process.env = { PATH: "/bin", SECRET_TOKEN: "s", NODE_OPTIONS: "--require x", LD_PRELOAD: "/x.so" };
  expect(childEnvironment({}, "worker-1")).toEqual({
    PATH: "/bin",
    ORT_DISABLE_TELEMETRY: "1",
    BATCHDECK_PROCESS: "worker-1",
  });
});
