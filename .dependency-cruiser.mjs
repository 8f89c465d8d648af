/**
 * Which way imports may point. Each room may import itself, the rooms below it, and nothing above or beside it; from
 * `workspace` down a room runs under plain Node too and never sees Electron.
 */
const room = (name) => `^electron/${name}/`;

/** Lowest first. Rooms of one line do not know each other. */
const floors = [
  [room("contract")],
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
const withoutElectron = [...floors.slice(0, 9).flat(), "^electron/cli(\\.ts$|/)"];
const outside = ["^electron/preload\\.ts$", "^native-worker/", "^renderer/", "^test/", "^scripts/"];

/**
 * The folders inside a room, lowest first. Files that lie in the room itself are at the bottom when `below` names them, else
 * at the top.
 */
const folders = [
  {
    room: "electron/contract",
    below: "(errno|item-error|names|problem|signature)",
    floors: [["tables"], ["nouns"], ["messages"]],
  },
  {
    room: "electron/deployments",
    below: "deployment-tools",
    floors: [["yaml"], ["onnx"], ["scorers"], ["models"], ["scripts"]],
  },
  {
    room: "electron/data",
    below: "(errors|table-file)",
    floors: [["listing"], ["cut"], ["preview", "reuse", "names", "watch"]],
  },
  {
    room: "electron/jobs",
    below: null,
    floors: [["folder"], ["journal"], ["submit"], ["preflight", "dispatch", "merge"], ["run"], ["queue"]],
  },
  { room: "electron/cli", below: null, floors: [["terminal"], ["text"], ["commands"]] },
  {
    room: "native-worker",
    below: null,
    floors: [["devices", "readers"], ["writers"], ["scorers"], ["scripts"]],
  },
  {
    room: "native-worker/readers",
    below: "(block|half-float|input-values|read-ahead|record-reader|source-file)",
    floors: [["tables", "images", "texts"]],
  },
  { room: "renderer", below: null, floors: [["locales"], ["bridge"], ["store"], ["components"], ["features"]] },
];

const directions = [
  ...oneWay("", floors, outside),
  ...folders.flatMap(({ room, below, floors: inner }) =>
    oneWay(
      `${room}: `,
      [
        ...(below === null ? [] : [[`^${room}/${below}\\.ts$`]]),
        ...inner.map((names) => names.map((name) => `^${room}/${name}/`)),
        [`^${room}/${below === null ? "" : `(?!${below}\\.ts$)`}[^/]+\\.tsx?$`],
      ],
      [],
    ),
  ),
];

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
      to: { pathNot: [room("contract"), "^electron/app/electron-compat\\.ts$", "^electron$"] },
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
