import type { InferenceSession } from "onnxruntime-node";

/** The name of the execution provider as job.json and the window show it. */
export const cpuProvider = "cpu";

/**
 * A session on one core: every worker is a process of its own, so one thread each is what makes results independent of
 * how many work, and keeps the cores from fighting over them. Threads do not spin while they wait. Only fatal messages
 * of ONNX Runtime reach stderr; what fails is thrown anyway.
 */
export const cpuSessionOptions: InferenceSession.SessionOptions = {
  executionProviders: [cpuProvider],
  intraOpNumThreads: 1,
  interOpNumThreads: 1,
  executionMode: "sequential",
  logSeverityLevel: 4,
  extra: { session: { intra_op: { allow_spinning: "0" }, inter_op: { allow_spinning: "0" } } },
};
