import { defineConfig, globalIgnores } from "eslint/config";
import tseslint from "typescript-eslint";

const rawIpc = {
  name: "electron",
  importNames: ["ipcMain", "ipcRenderer"],
  message: "Use the wrappers: electron/ipc/handle.ts and electron/preload.ts.",
};
const rawIpcMember = {
  selector: "MemberExpression[property.name=/^ipc(Main|Renderer)$/]",
  message: rawIpc.message,
};
const openExternal = {
  selector:
    "MemberExpression[property.name='openExternal']:matches([object.name='shell'], [object.property.name='shell'])," +
    "VariableDeclarator:matches([init.name='shell'], [init.property.name='shell']) Property[key.name='openExternal']",
  message: "Only electron/app/open-external.ts hands an address to the system.",
};
/**
 * The product runs on Node 22.14 and, in Electron 33, on the modules of Node 20.18. What the language lacks there is not in
 * the `lib` of tsconfig.json; these are what @types/node has and Node 20.18 has not.
 */
const laterModules =
  "/^(glob|globSync|getCallSites|postMessageToThread|registerHooks|execve|threadCpuUsage)$|Zstd|^zstd/";
const notInOldRuntimes = [
  {
    selector: "MetaProperty[meta.name='import']",
    message: "The bundles are CommonJS, where import.meta is empty; use __dirname.",
  },
  {
    selector:
      `MemberExpression[property.name=${laterModules}], ImportSpecifier[imported.name=${laterModules}],` +
      "ImportDeclaration[source.value='node:sqlite'], NewExpression[callee.name=/^(WebSocket|EventSource)$/]",
    message: "Electron 33, the oldest that is supported, does not have this.",
  },
];

/** What a terminal is sent goes through one place, which lets no text steer it. */
const rawTerminal = {
  selector:
    "MemberExpression:matches([object.name='process'], [object.property.name='process'])" +
    ":matches([property.name=/^std(out|err)$/], [property.value=/^std(out|err)$/])," +
    "VariableDeclarator[init.name='process'] Property[key.name=/^std(out|err)$/]," +
    "ImportDeclaration[source.value=/^(node:)?process$/]," +
    "CallExpression:matches([callee.name=/^write(v|File)?(Sync)?$/], [callee.property.name=/^write(v|File)?(Sync)?$/])" +
    ":matches([arguments.0.value=1], [arguments.0.value=2], [arguments.0.value=/^.dev.(std|tty|fd)/])",
  message: "The terminal is written to by electron/cli/terminal/process-streams.ts, and a log by electron/app/log.ts.",
};
const calls = (names) =>
  `CallExpression:matches([callee.name=${names}], [callee.object.name=/^(fs|files)$/][callee.property.name=${names}], [callee.object.property.name='promises'][callee.property.name=${names}])`;
/**
 * What is made in a workspace is its owner's, whatever the umask; what is made elsewhere follows its folder. A file that is
 * open (`descriptor`) got its mode before.
 */
const unsaidMode = {
  selector:
    `${calls("/^(mkdir|writeFile|appendFile)(Sync)?$|^createWriteStream$/")}:not(:has(Property[key.name='mode'])):not([arguments.0.name='descriptor']),` +
    `${calls("/^open(Sync)?$/")}[arguments.1.value=/[wax]/]:not([arguments.2]),` +
    calls("/^(copyFileSync|cp|cpSync)$/") +
    ",CallExpression[callee.object.name=/^(fs|files)$/][callee.property.name='copyFile']",
  message: "Say who may see what is made: electron/contract/processes/file-modes.ts.",
};
const restrictions = [rawIpcMember, openExternal, rawTerminal, unsaidMode, ...notInOldRuntimes];
const restrictedBut = (...allowed) => ({
  "no-restricted-syntax": ["error", ...restrictions.filter((restriction) => !allowed.includes(restriction))],
});

/** Exceptions are listed below, with their reason in ARCHITECTURE.md. */
const sizes = {
  "max-lines": ["error", { max: 400 }],
  "max-lines-per-function": ["error", { max: 120 }],
};

const product = ["electron/**/*.ts", "native-worker/**/*.ts", "renderer/**/*.{ts,tsx}"];
const restrictedIpc = { "no-restricted-imports": ["error", { paths: [rawIpc] }] };

export default defineConfig(
  globalIgnores(["dist", "release", "test-results"]),
  {
    files: ["**/*.{ts,tsx}"],
    extends: [tseslint.configs.recommendedTypeChecked],
    languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname } },
    linterOptions: { reportUnusedDisableDirectives: "error" },
    rules: {
      eqeqeq: "error",
      "prefer-const": "error",
      "@typescript-eslint/switch-exhaustiveness-check": ["error", { considerDefaultExhaustiveForUnions: true }],
      // A function may be async because the type that it fulfils is.
      "@typescript-eslint/require-await": "off",
      "@typescript-eslint/no-unused-vars": ["error", { ignoreRestSiblings: true }],
    },
  },
  {
    files: product,
    rules: {
      ...sizes,
      "no-console": "error",
      ...restrictedIpc,
      ...restrictedBut(),
    },
  },
  {
    files: ["electron/cli/terminal/process-streams.ts", "electron/app/log.ts", "native-worker/main.ts"],
    rules: restrictedBut(rawTerminal),
  },
  { files: ["electron/ipc/handle.ts", "electron/preload.ts"], rules: { "no-restricted-imports": "off" } },
  { files: ["electron/app/open-external.ts"], rules: restrictedBut(openExternal) },
  {
    // The browser has all that its own types name.
    files: ["renderer/**/*.{ts,tsx}"],
    rules: restrictedBut(...notInOldRuntimes),
  },
  { files: ["native-worker/readers/tables/csv-rows.ts"], rules: { "max-lines-per-function": "off" } },
  {
    files: ["test/**/*.{ts,tsx}"],
    rules: {
      "max-lines": sizes["max-lines"],
      // Tests read parsed JSON and rows of other people's libraries, and fail when those are not what they expect.
      "@typescript-eslint/no-unsafe-assignment": "off",
      "@typescript-eslint/no-unsafe-member-access": "off",
      "@typescript-eslint/no-unsafe-argument": "off",
      "@typescript-eslint/no-unsafe-call": "off",
      "@typescript-eslint/no-unsafe-return": "off",
    },
  },
);
