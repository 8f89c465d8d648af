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
  [room("deployments"), room("data"), room("outputs")],
  [room("jobs")],
  [room("pipelines")],
  [room("remote")],
  [room("workspace")],
  [room("ipc"), "^electron/cli(\\.ts$|/)"],
  [room("app")],
  ["^electron/main\\.ts$"],
];
const withoutElectron = [...floors.slice(0, 8).flat(), "^electron/cli(\\.ts$|/)"];

const directions = floors.flatMap((rooms, floor) =>
  rooms.map((from) => {
    const above = floors.slice(floor + 1).flat();
    const beside = rooms.filter((other) => other !== from);
    return {
      name: `no-arrow-turned-round:${from.replace(/\W+/g, " ").trim()}`,
      severity: "error",
      from: { path: from },
      to: {
        path: [...above, ...beside, "^electron/preload\\.ts$", "^native-worker/", "^renderer/", "^test/", "^scripts/"],
      },
    };
  }),
);

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
