import { spawn } from "node:child_process";
import fs from "node:fs";
import path from "node:path";
import { azurePython } from "../../helpers/azure-script/python-runtime.ts";
import type { AzurePlace } from "../../../electron/contract/views/azure.ts";
import type { Arm } from "../arm/arm.ts";
import type { resourcesOf } from "../arm/resources.ts";
import { type Lab, labHosts } from "../lab.ts";
import { type Answer, type Asked, Violation } from "../server.ts";
import { publishedDeployment } from "./published.ts";
import { type JobRequest, readJobRequest } from "./request.ts";

/** What a deployment consists of, for the stand-in that runs it. */
export type LabDeployment = {
  readonly endpoint: string;
  readonly name: string;
  /** The folder of its code, and the scoring script in it. */
  readonly codeFolder: string;
  readonly script: string;
  /** What AZUREML_MODEL_DIR says. */
  readonly modelFolder: string;
  readonly miniBatchSize?: number;
  readonly maxRetries?: number;
  readonly errorThreshold?: number;
  readonly environmentVariables?: Readonly<Record<string, string>>;
  /** What it writes, by the names of its files, instead of what a script does: for many jobs in a short time. */
  readonly results?: (files: readonly string[], inputFolder: string) => Readonly<Record<string, string>>;
  /** Null: `summary_only`. */
  readonly rowsFile?: string | null;
};

export type LabJob = {
  readonly name: string;
  readonly endpoint: string;
  readonly deployment: string;
  readonly request: JobRequest;
  readonly status: () => string;
};

/** Blobs by name, in the container of the default datastore. */
export type LabBlobs = {
  readonly names: (prefix?: string) => Promise<readonly string[]>;
  readonly read: (name: string) => Promise<Buffer | null>;
  readonly put: (name: string, content: Buffer) => Promise<void>;
};

export type LabJobs = {
  /** One more deployment of an endpoint that has one. */
  readonly add: (deployment: LabDeployment) => void;
  /** Every job that was ever made. */
  readonly made: () => readonly LabJob[];
  /** The next requests that make a job: `lost`: it is made, and nobody is told; `refused`: 503, and it is not made. */
  readonly loseAnswers: (...how: readonly ("lost" | "refused")[]) => void;
  /** Jobs stand still at that status; null: they go on. */
  readonly holdAt: (status: string | null) => void;
  /** The next job does so many of its mini-batches twice, and in an order of that seed. */
  readonly arrange: (how: { readonly repeated?: number; readonly seed?: number }) => void;
  /** Azure forgets a job. */
  readonly forget: (name: string) => void;
};

type Made = LabJob & { readonly requestId: string; current: string; run: Promise<void> | null; looked: boolean };

const region = "westeurope";

/** The host of an endpoint's data plane. */
export function endpointHost(endpoint: string): string {
  return `${endpoint}.${region}.inference.lab.test`;
}

/**
 * The data plane of the lab's endpoints, and their jobs as Azure Resource Manager shows and cancels them. A job runs the scoring
 * script of its deployment in python3 by Azure's rules; every look at it takes it a step further. It is strict as the other stand-ins.
 */
export function startJobs(options: {
  readonly lab: Lab;
  readonly arm: Arm;
  readonly make: ReturnType<typeof resourcesOf>;
  readonly blobs: LabBlobs;
  readonly deployments: readonly LabDeployment[];
  /** The workspace whose other endpoints are served, too, by what was published there; left out: none is. */
  readonly place?: AzurePlace;
  /** For what jobs read and write while they run. */
  readonly folder: string;
}): LabJobs {
  const { lab, arm, make, blobs, folder } = options;
  const deployments = [...options.deployments];
  const jobs = new Map<string, Made>();
  const lost: ("lost" | "refused")[] = [];
  let heldAt: string | null = null;
  let arranged = { repeated: 0, seed: 1 };

  function tellArm(job: Made): void {
    arm.put(
      make.job(job.name, {
        status: job.current,
        properties: { "azureml.endpointname": job.endpoint, "azureml.deploymentname": job.deployment },
      }),
    );
  }

  function enter(job: Made, status: string): void {
    job.current = status;
    tellArm(job);
  }

  function bodyOf({ name, current, request }: Made): object {
    const studio = {
      endpoint: `https://studio.lab.test/runs/${name}`,
      jobEndpointType: "Studio",
      port: null,
      properties: {},
    };
    const properties = {
      ...request,
      status: current,
      provisioningState: "InProgress",
      interactionEndpoints: { Studio: studio },
    };
    return { id: `/subscriptions/x/batchEndpoints/y/jobs/${name}`, name, type: "jobs", properties };
  }

  function checkToken({ headers }: Asked, audience: string): void | Answer {
    const [, token = ""] = /^Bearer (\S+)$/.exec(headers.authorization ?? "") ?? [];
    if (lab.entra.read(token, audience) !== null) return;
    return { status: 401, body: { error: { code: "UserError", message: "Audience or service not allowed" } } };
  }

  function dataPlane(endpoint: string) {
    return async (asked: Asked): Promise<Answer | "cut"> => {
      const refused = checkToken(asked, lab.cloud.ml_resource);
      if (refused) return refused;
      const [, root, name, ...rest] = asked.url.pathname.split("/");
      if (root !== "jobs" || rest.length > 0 || asked.url.search !== "")
        throw new Violation("the data plane has no such address");
      if (asked.method === "POST" && name === undefined) return submit(endpoint, asked);
      if (asked.method === "GET" && name !== undefined) return look(name);
      throw new Violation(`the data plane has no ${asked.method} there`);
    };
  }

  async function find(endpoint: string, name: string): Promise<LabDeployment | null> {
    const own = deployments.find((one) => one.endpoint === endpoint && one.name === name);
    if (own !== undefined || options.place === undefined) return own ?? null;
    const published = path.join(folder, "published");
    return publishedDeployment({ arm, blobs, place: options.place, folder: published }, endpoint, name);
  }

  async function submit(endpoint: string, { body, headers }: Asked): Promise<Answer | "cut"> {
    const { request, requestId, deployment } = readJobRequest(body, headers);
    const how = lost.shift();
    const before = jobs.get(request.name);
    // Whoever was told that it is there does not send it again. Nobody may count on Azure's knowing the request by its id.
    if (before?.looked === true) throw new Violation(`${request.name} was sent again, although it is there`);
    if (how === "refused")
      return { status: 503, body: { error: { code: "ServiceUnavailable", message: "Try again." } } };
    if (before !== undefined) {
      if (before.requestId !== requestId) throw new Violation("a request that is sent again has another id");
      if (JSON.stringify(before.request) !== JSON.stringify(request))
        throw new Violation("it is another request by now");
      return { status: 409, body: { error: { code: "Conflict", message: "A job of that name exists." } } };
    }
    const target = await find(endpoint, deployment ?? "blue");
    if (target === null) throw new Violation(`there is no deployment ${deployment} of ${endpoint}`);
    const { name } = request;
    const made: Made = {
      ...{ name, endpoint, deployment: target.name, request, requestId, run: null, looked: false },
      current: "NotStarted",
      status: () => made.current,
    };
    jobs.set(name, made);
    tellArm(made);
    return how === "lost" ? "cut" : { status: 201, body: bodyOf(made) };
  }

  async function look(name: string): Promise<Answer> {
    const job = jobs.get(name);
    if (job === undefined)
      return { status: 404, body: { error: { code: "NotFound", message: `There is no ${name}.` } } };
    job.looked = true;
    await advance(job);
    return { status: 200, body: bodyOf(job) };
  }

  async function advance(job: Made): Promise<void> {
    if (job.current === "CancelRequested") enter(job, "Canceled");
    if (job.current === heldAt) return;
    if (job.current === "NotStarted") {
      job.run = runJob(job).catch((error: unknown) => {
        enter(job, "Failed");
        throw error;
      });
      // Whoever looks at the job hears of it.
      job.run.catch(() => undefined);
      enter(job, "Running");
    } else if (job.current === "Running") await job.run;
  }

  async function runJob(job: Made): Promise<void> {
    const target = await find(job.endpoint, job.deployment);
    if (target === null) return;
    const own = path.join(folder, job.name);
    const [inputFolder, outputFolder] = [path.join(own, "input"), path.join(own, "output")];
    for (const made of [inputFolder, outputFolder]) fs.mkdirSync(made, { recursive: true });
    const [input] = Object.values(job.request.inputData);
    await fetchInput(input?.uri ?? "", inputFolder);
    const output = pathOf(job.request.outputData.score.uri);
    const isFile = path.posix.extname(output) !== "";
    const rowsFile =
      target.rowsFile === null
        ? null
        : isFile
          ? path.posix.basename(output)
          : (job.request.outputFileName ?? "predictions.csv");
    const place = isFile ? path.posix.dirname(output) : output.replace(/\/$/, "");
    if ((await blobs.names(`${place}/`)).length > 0) return end(job, "Failed");
    const settings = {
      ...{ inputFolder, outputFolder, rowsFile, modelFolder: target.modelFolder, codeFolder: target.codeFolder },
      ...{ script: target.script, environmentVariables: target.environmentVariables ?? {} },
      miniBatchSize: job.request.miniBatchSize ?? target.miniBatchSize ?? 10,
      maxRetries: job.request.retrySettings?.maxRetries ?? target.maxRetries ?? 3,
      errorThreshold: job.request.errorThreshold ?? target.errorThreshold ?? -1,
      ...arranged,
    };
    arranged = { repeated: 0, seed: 1 };
    const { results } = target;
    for (const [name, text] of Object.entries(results?.(fs.readdirSync(inputFolder).sort(), inputFolder) ?? {})) {
      fs.mkdirSync(path.dirname(path.join(outputFolder, name)), { recursive: true });
      fs.writeFileSync(path.join(outputFolder, name), text);
    }
    const logs = createLogs(blobs, job.name);
    logs.say("logs/azureml/executionlogs.txt", "Submitting 1 runs: batchscoring\n");
    const status =
      results === undefined
        ? await runPython(path.join(own, "job.json"), settings, target.environmentVariables ?? {}, (text) =>
            logs.say("user_logs/std_log_0.txt", text),
          )
        : "Completed";
    await logs.written();
    if (heldAt === "Running") await new Promise<void>((resolve) => release.push(resolve));
    if (job.current !== "Running") return;
    for (const name of filesBelow(outputFolder)) {
      await blobs.put(`${place}/${name}`, fs.readFileSync(path.join(outputFolder, name)));
    }
    end(job, status);
  }

  const release: (() => void)[] = [];

  function end(job: Made, status: string): void {
    if (job.current === "Running") enter(job, status);
  }

  async function fetchInput(uri: string, inputFolder: string): Promise<void> {
    const place = pathOf(uri);
    for (const blob of await blobs.names(place)) {
      const name =
        blob === place
          ? path.posix.basename(blob)
          : blob.startsWith(withSlash(place))
            ? blob.slice(withSlash(place).length)
            : "";
      if (name === "") continue;
      fs.mkdirSync(path.dirname(path.join(inputFolder, name)), { recursive: true });
      fs.writeFileSync(path.join(inputFolder, name), (await blobs.read(blob)) ?? "");
    }
  }

  function armAsked(asked: Asked): Answer | null {
    const [, name] = /\/workspaces\/[^/]+\/jobs\/([^/]+)\/cancel$/.exec(asked.url.pathname) ?? [];
    if (asked.method !== "POST" || name === undefined) return null;
    if (asked.url.search !== "?api-version=2024-04-01") throw new Violation(`its query is ${asked.url.search}`);
    const refused = checkToken(asked, lab.cloud.resource_manager_resource);
    if (refused) return refused;
    const job = jobs.get(decodeURIComponent(name));
    if (job === undefined) return { status: 404, body: { error: { code: "UserError", message: "It was not found." } } };
    if (!["Completed", "Failed", "Canceled"].includes(job.current)) enter(job, "CancelRequested");
    return { status: 202, headers: { location: `https://${labHosts.management}/operations/1` } };
  }

  for (const endpoint of new Set(deployments.map((one) => one.endpoint))) {
    lab.server.host(endpointHost(endpoint), dataPlane(endpoint));
  }
  if (options.place !== undefined) {
    lab.server.host(endpointHost("*"), (asked) => dataPlane(asked.url.hostname.split(".")[0] ?? "")(asked));
  }
  lab.server.before(labHosts.management, armAsked);
  return {
    add: (deployment) => void deployments.push(deployment),
    made: () => [...jobs.values()],
    loseAnswers: (...how) => void lost.push(...how),
    holdAt(status) {
      heldAt = status;
      for (const go of release.splice(0)) go();
    },
    arrange: (how) => void (arranged = { ...arranged, ...how }),
    forget(name) {
      jobs.delete(name);
      arm.remove(make.job(name).id);
    },
  };
}

/** Within its datastore. */
function pathOf(uri: string): string {
  return uri.replace(/^azureml:\/\/datastores\/[^/]+\/paths\//, "");
}

function withSlash(place: string): string {
  return place.endsWith("/") ? place : `${place}/`;
}

function filesBelow(folder: string): readonly string[] {
  return fs
    .readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => path.relative(folder, path.join(entry.parentPath, entry.name)));
}

/** What a job printed, by the names of its files, where the run history keeps it: the blobs grow while it runs. */
function createLogs(blobs: LabBlobs, job: string) {
  const texts = new Map<string, string>();
  let writing: Promise<void> = Promise.resolve();
  return {
    say(name: string, text: string): void {
      texts.set(name, (texts.get(name) ?? "") + text);
      const whole = Buffer.from(texts.get(name) ?? "");
      writing = writing.then(() => blobs.put(`ExperimentRun/dcid.${job}/${name}`, whole));
    },
    written: () => writing,
  };
}

async function runPython(
  file: string,
  settings: object,
  environment: Readonly<Record<string, string>>,
  hear: (text: string) => void,
): Promise<string> {
  fs.writeFileSync(file, JSON.stringify(settings));
  const child = spawn(azurePython, [path.join(import.meta.dirname, "run_job.py"), file], {
    stdio: ["ignore", "pipe", "pipe"],
    env: { ...process.env, ...environment },
  });
  let [said, complained] = ["", ""];
  child.stdout.setEncoding("utf8").on("data", (text: string) => (said += text));
  // Its own word for how it ended is on stdout; what a script prints comes here, whichever of the two it prints to.
  child.stderr.setEncoding("utf8").on("data", (text: string) => {
    complained += text;
    hear(text);
  });
  await new Promise((closed) => child.on("close", closed));
  const last = said.trim().split("\n").at(-1) ?? "";
  if (!last.startsWith("{")) throw new Error(`The job said no result: ${said}${complained}`);
  return (JSON.parse(last) as { readonly status: string }).status;
}
