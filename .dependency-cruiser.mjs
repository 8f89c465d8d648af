/**
 * Which way imports may point. Each room may import itself, the rooms below it, and nothing above or beside it; from
 * `workspace` down a room runs under plain Node too and never sees Electron.
 */
const room = (name) => `^electron/${name}/`;

/** Lowest first. Rooms of one line do not know each other. */
const floors = [
  [room("contract")],
  [room("files")],
  [room("registry")],
  [room("compute")],
  [room("deployments/yaml")],
  ["^electron/deployments/(?!yaml/)", room("data"), room("outputs")],
  [room("jobs")],
  [room("compare"), room("pipelines")],
  [room("remote")],
  [room("workspace")],
  [room("ipc"), "^electron/cli(\\.ts$|/)"],
  [room("app")],
  ["^electron/main\\.ts$"],
];
/** What opens a workspace and hands it to an edge: the terminal under Node, and the window. */
const hosts = ["^electron/cli\\.ts$", "^electron/main\\.ts$", room("app")];
const aboveWorkspace = [room("contract"), room("workspace"), room("ipc"), "^electron/cli/", room("app")];
const seams = [
  "^electron/compute/((node-)?(process-host|machine-use)|child-environment)\\.ts$",
  "^electron/remote/identity/(safe-storage|keyring)\\.ts$",
];
const withoutElectron = [...floors.slice(0, 10).flat(), "^electron/cli(\\.ts$|/)"];
const outside = ["^electron/preload\\.ts$", "^native-worker/", "^renderer/", "^test/", "^scripts/"];

/** What lies in a room, lowest first: folders, and files of the room itself. Files that are not named are at the top. */
const folders = {
  "electron/contract": [
    [
      "errno.ts",
      "item-error.ts",
      "job-status.ts",
      "listed-files.ts",
      "names.ts",
      "plain-text.ts",
      "problem-codes.ts",
      "signature.ts",
    ],
    ["words"],
    ["problem.ts"],
    ["tables", "tensors", "processes"],
    ["nouns"],
    ["sentences"],
    ["views"],
    ["messages"],
  ],
  "electron/deployments": [
    ["deployment-tools.ts", "yaml"],
    ["onnx"],
    ["scorers"],
    ["models"],
    ["scripts", "azure-script"],
  ],
  "electron/data": [
    ["errors.ts"],
    ["table-file.ts", "unpack.ts", "encodings.ts"],
    ["listing"],
    ["copies", "dialects", "content"],
    ["cut"],
    ["preview", "reuse", "names", "watch"],
  ],
  "electron/jobs": [
    ["folder"],
    ["claim", "journal"],
    ["submit"],
    ["preflight", "dispatch", "merge"],
    ["run"],
    ["azure"],
    ["queue"],
  ],
  "electron/remote": [
    ["clouds.ts", "hosts.ts", "roles.ts", "tokens.ts"],
    ["network"],
    ["identity"],
    ["storage"],
    ["azureml"],
    ["inputs", "runs"],
  ],
  "electron/workspace": [["default-home.ts", "disk.ts", "context.ts"], ["jobs"], ["watches"]],
  "electron/ipc": [["call.ts", "desktop.ts", "grants.ts", "previews.ts"], ["azure"]],
  "electron/cli": [["terminal"], ["text"], ["commands"]],
  "native-worker": [["devices", "readers"], ["writers", "pictures"], ["scorers"], ["scripts"]],
  "native-worker/readers": [["*"], ["tables", "images", "texts", "tensors", "audio"]],
  renderer: [["locales"], ["bridge"], ["store"], ["components"], ["features"]],
};

const directions = [...oneWay("", floors, outside), ...Object.entries(folders).flatMap(insideRoom)];

function insideRoom([room, levels]) {
  const files = levels.flat().filter((name) => name.endsWith(".ts"));
  const rest = `^${room}/${files.length === 0 ? "" : `(?!(${files.join("|")})$)`}[^/]+\\.tsx?$`;
  const paths = levels.map((level) =>
    // The files of one level may import each other.
    [
      ...new Set(
        level.map((name) => (name === "*" ? rest : name.endsWith(".ts") ? filesOf(room, level) : `^${room}/${name}/`)),
      ),
    ],
  );
  return oneWay(`${room}: `, levels.flat().includes("*") ? paths : [...paths, [rest]], []);
}

function filesOf(room, level) {
  return `^${room}/(${level.filter((name) => name.endsWith(".ts")).join("|")})$`;
}

function oneWay(prefix, levels, never) {
  return levels.flatMap((level, height) =>
    level.flatMap((from) => {
      const forbidden = [...levels.slice(height + 1).flat(), ...level.filter((other) => other !== from), ...never];
      const name = `one-way:${prefix}${from.replace(/[\^\\$]|\/$/g, "")}`;
      return forbidden.length === 0 ? [] : [{ name, severity: "error", from: { path: from }, to: { path: forbidden } }];
    }),
  );
}

export default {
  forbidden: [
    ...directions,
    { name: "no-cycles", severity: "error", from: {}, to: { circular: true } },
    {
      name: "no-electron-from-workspace-down",
      severity: "error",
      from: { path: withoutElectron },
      to: { path: "^electron$" },
    },
    {
      name: "contract-imports-zod-only",
      severity: "error",
      from: { path: room("contract") },
      to: { pathNot: [room("contract"), "(^|/)node_modules/zod/"] },
    },
    {
      name: "ipc-imports-workspace-and-contract-only",
      severity: "error",
      from: { path: room("ipc") },
      to: { path: "^(electron|native-worker|renderer)/", pathNot: [room("contract"), room("workspace"), room("ipc")] },
    },
    {
      name: "cli-imports-workspace-and-contract-only",
      severity: "error",
      from: { path: room("cli") },
      to: { path: "^(electron|native-worker|renderer)/", pathNot: [room("contract"), room("workspace"), room("cli")] },
    },
    {
      // The two hosts also name the seams that they implement or choose: `ProcessHost`, `MachineUse` and `SafeStorage`.
      name: "hosts-wire-the-edges-and-the-seams-only",
      severity: "error",
      from: { path: hosts },
      to: { path: "^(electron|native-worker|renderer)/", pathNot: [...aboveWorkspace, ...seams] },
    },
    {
      name: "native-worker-imports-contract-only",
      severity: "error",
      from: { path: "^native-worker/" },
      to: { path: ["^(electron|renderer|test|scripts)/", "^electron$"], pathNot: room("contract") },
    },
    {
      name: "renderer-imports-contract-only",
      severity: "error",
      from: { path: "^renderer/" },
      to: { path: ["^(electron|native-worker|test|scripts)/", "^electron$"], pathNot: room("contract") },
    },
    {
      name: "renderer-has-no-node",
      severity: "error",
      from: { path: "^renderer/" },
      to: { dependencyTypes: ["core"] },
    },
    {
      name: "preload-imports-little",
      severity: "error",
      from: { path: "^electron/preload\\.ts$" },
      to: { pathNot: [room("contract"), "^electron$"] },
    },
    {
      name: "every-import-resolves",
      severity: "error",
      from: {},
      to: { couldNotResolve: true },
    },
  ],
  options: {
    doNotFollow: { path: "node_modules" },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: "tsconfig.base.json" },
    builtInModules: { add: ["electron"] },
    enhancedResolveOptions: {
      exportsFields: ["exports"],
      conditionNames: ["import", "require", "node", "types", "default"],
    },
  },
};
