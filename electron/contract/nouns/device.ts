import * as z from "zod";

/** What a compute may be told to run models on; `auto` is the fastest that works here. The words of the command line. */
export const deviceSchema = z.enum(["auto", "cpu", "cuda", "directml", "coreml", "webgpu"]);
export type Device = z.infer<typeof deviceSchema>;

/** As people write them. */
export const deviceTitles: Readonly<Record<Exclude<Device, "auto">, string>> = {
  cpu: "CPU",
  cuda: "CUDA",
  directml: "DirectML",
  coreml: "Core ML",
  webgpu: "WebGPU",
};

/** What one device of this machine is, or what it lacks. */
export const deviceReportSchema = z.strictObject({
  device: deviceSchema.exclude(["auto"]),
  /** A session was opened on it, and ran. */
  available: z.boolean(),
  /** Names of the processors behind it, as far as the system tells them. */
  hardware: z.array(z.string()),
  /** One sentence: what is missing; empty when it is available. */
  missing: z.string(),
  /** One sentence: how to get it; empty when it is available or cannot be had on this system. */
  remedy: z.string(),
});
export type DeviceReport = Readonly<z.infer<typeof deviceReportSchema>>;
