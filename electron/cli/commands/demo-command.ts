import path from "node:path";
import { success } from "../../contract/problem.ts";
import { measureAccuracy } from "../../workspace/sample-accuracy.ts";
import { installSamples, readSamples } from "../../workspace/samples.ts";
import type { WorkspaceCommand } from "../terminal/command.ts";
import { exitCodes } from "../terminal/exit-codes.ts";
import { settleJob, tellEnd } from "./wait-for-job.ts";
import { isTerminal } from "../../contract/job-status.ts";

export const demoCommand: WorkspaceCommand = {
  words: "demo",
  usage: [],
  summary: "score the bundled samples and measure how right they are",
  async run(context) {
    const { workspace, terminal, samplesFolder } = context;
    const samples = readSamples(samplesFolder);
    const installed = await installSamples(workspace, samples);
    if (!installed.ok) return installed;
    const results: { line: string; facts: Record<string, unknown> }[] = [];
    for (const sample of samples) {
      terminal.note(
        `Scoring ${sample.demo.items} ${sample.demo.unit === "row" ? "rows" : "files"} with ${sample.name} …`,
      );
      const submitted = await workspace.jobs.submit({
        endpointName: sample.name,
        deploymentName: null,
        inputPath: sample.demo.input,
        outputFolder: null,
        overrides: {},
        jobName: null,
      });
      if (!submitted.ok) return submitted;
      const ended = await settleJob(context, submitted.value.name, (job) => isTerminal(job.status));
      if (!ended.ok) return ended;
      const job = ended.value;
      if (job.status !== "Completed") return success(tellEnd(context, job));
      const accuracy = await measureAccuracy(sample, path.join(job.output_path, job.output_file));
      const unit = job.item_unit === "row" ? "rows" : "files";
      const rate = Math.round(job.rate);
      results.push({
        line: `${sample.name}: accuracy ${accuracy.toFixed(3)}, ${job.succeeded} ${unit}, ${rate} ${unit}/s, ${job.output_path}`,
        facts: { name: sample.name, accuracy, items: job.succeeded, rate, output_path: job.output_path },
      });
    }
    if (terminal.print !== null) terminal.print.view(results.map(({ facts }) => facts));
    else terminal.result(results.map(({ line }) => line));
    return success(exitCodes.done);
  },
};
