import fs from "node:fs";
import type { DeviceReport } from "../contract/nouns/device.ts";
import { deviceSchema } from "../contract/nouns/device.ts";
import type {
  FromDeviceProcess,
  MeasureModel,
  ToDeviceProcess,
  TokenizerFacts,
} from "../contract/messages/device-messages.ts";
import { fromDeviceProcessSchema } from "../contract/messages/device-messages.ts";
import { failure, type Result, success } from "../contract/problem.ts";
import { askHelper } from "./ask-helper.ts";
import { helperTimeouts } from "./helper-timeouts.ts";
import type { ProcessHost } from "./process-host.ts";

const deviceNames = deviceSchema.exclude(["auto"]).options;

/** Tries every device of this machine. Never rejects. */
export function listDevices(host: ProcessHost): Promise<readonly DeviceReport[]> {
  return Promise.all(deviceNames.map((device) => tryDevice(host, device)));
}

/** Tries one device, in a process of its own, since a bad driver may end it. Never rejects. */
export async function tryDevice(
  host: ProcessHost,
  device: DeviceReport["device"],
  signal: AbortSignal | null = null,
): Promise<DeviceReport> {
  const answer = await ask(host, { type: "try", device }, signal);
  if (answer.ok && answer.value.type === "tried") return answer.value.report;
  const missing = "The process that tried it ended, or did not answer: its driver does not work.";
  return { device, available: false, hardware: [], missing, remedy: "Install the newest driver." };
}

/**
 * Devices that this machine may have beside the CPU, by files of its system alone, the likely fastest first. A Vulkan
 * driver that only imitates a graphics processor has no such file, and is never taken unasked.
 */
export function devicesWorthTrying(
  platform: NodeJS.Platform = process.platform,
  isThere: (file: string) => boolean = fs.existsSync,
): readonly DeviceReport["device"][] {
  if (platform === "darwin") return ["coreml", "webgpu"];
  if (platform === "win32") return ["directml", "webgpu"];
  if (platform !== "linux") return [];
  const nvidia = isThere("/proc/driver/nvidia/version");
  return [
    ...(nvidia ? (["cuda"] as const) : []),
    ...(nvidia || isThere("/dev/dri/renderD128") ? (["webgpu"] as const) : []),
  ];
}

export type Measurement = Extract<FromDeviceProcess, { type: "measured" }>;

/**
 * Measures a model in as many processes at once as the job will have workers, since they share caches and memory; the
 * rates are those of one process. A problem when the model, or one of the processes, did not bear it.
 */
export async function measureModel(
  host: ProcessHost,
  request: Omit<MeasureModel, "type">,
): Promise<Result<Measurement>> {
  const processes = Math.min(request.workers, maxProcesses);
  const answers = await Promise.all(
    Array.from({ length: processes }, () => ask(host, { type: "measure", ...request })),
  );
  const measurements: Measurement[] = [];
  for (const answer of answers) {
    if (!answer.ok) return answer;
    if (answer.value.type === "problem") return { ok: false, problem: answer.value.problem };
    if (answer.value.type !== "measured") return ended;
    measurements.push(answer.value);
  }
  return success(together(measurements));
}

/** Beyond that, one more process changes nothing about which size is best. */
const maxProcesses = 8;

/** The mean over the processes, of the sizes that all of them tried. */
export function together(measurements: readonly Measurement[]): Measurement {
  const [first] = measurements;
  if (first === undefined) throw new Error("Nothing was measured.");
  const rates = first.rates.flatMap(({ batch }) => {
    const found = measurements.flatMap((one) => one.rates.filter((rate) => rate.batch === batch));
    if (found.length < measurements.length) return [];
    return [{ batch, rowsPerSecond: found.reduce((sum, rate) => sum + rate.rowsPerSecond, 0) / found.length }];
  });
  const fellBack = measurements.find((one) => one.fallback !== null);
  return {
    type: "measured",
    provider: (fellBack ?? first).provider,
    fallback: fellBack?.fallback ?? null,
    rates,
    complete: measurements.every((one) => one.complete) && rates.length > 0,
  };
}

/**
 * Opens a tokenizer.json (absolute path) where it may take for ever, or the process with it: within half a minute there
 * is an answer. Problem: scorer/invalid.
 */
export async function readTokenizer(host: ProcessHost, file: string): Promise<Result<TokenizerFacts>> {
  const answer = await ask(host, { type: "tokenizer", file });
  if (answer.ok && answer.value.type === "tokenizer") return success(answer.value.facts);
  if (answer.ok && answer.value.type === "problem") return { ok: false, problem: answer.value.problem };
  return failure("scorer/invalid:tokenizer-process");
}

const ended = failure("device/unavailable:measurement-ended");

function ask(
  host: ProcessHost,
  message: ToDeviceProcess,
  signal: AbortSignal | null = null,
): Promise<Result<FromDeviceProcess>> {
  return askHelper(
    host,
    { program: "device-process", messages: fromDeviceProcessSchema, died: ended.problem },
    { send: message, answer: success, timeout: helperTimeouts.device, timedOut: ended.problem },
    signal,
  );
}
