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
/** The product also runs on Node 18.15, inside the oldest Electron that it supports. */
const newerThanNode18 = [
  {
    selector: "MetaProperty[meta.name='import']",
    message: "The bundles are CommonJS, where import.meta is empty; use __dirname.",
  },
  {
    selector:
      "CallExpression:matches([callee.property.name=/^readdir/], [callee.name=/^readdir/]) Property[key.name='recursive']",
    message: "Node 18.15 ignores `recursive`, silently.",
  },
  {
    selector:
      "MemberExpression[property.name=/^(crc32|withResolvers|fromAsync|matchesGlob|styleText|availableMemory|loadEnvFile|parseEnv)$/]," +
      "MemberExpression[object.name='AbortSignal'][property.name='any']," +
      "MemberExpression[object.name='Object'][property.name='groupBy']," +
      "MemberExpression[object.name='Symbol'][property.name=/^(asyncDispose|dispose)$/]",
    message: "Node 18.15 does not have this.",
  },
];

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
      "no-console": "error",
      ...restrictedIpc,
      "no-restricted-syntax": ["error", rawIpcMember, openExternal, ...newerThanNode18],
    },
  },
  { files: ["electron/cli.ts", "electron/cli/**/*.ts"], rules: { "no-console": "off" } },
  { files: ["electron/ipc/handle.ts", "electron/preload.ts"], rules: { "no-restricted-imports": "off" } },
  {
    files: ["electron/app/open-external.ts"],
    rules: { "no-restricted-syntax": ["error", rawIpcMember, ...newerThanNode18] },
  },
  {
    // The browser has all that its own types name.
    files: ["renderer/**/*.{ts,tsx}"],
    rules: { "no-restricted-syntax": ["error", rawIpcMember, openExternal] },
  },
  {
    files: ["test/**/*.{ts,tsx}"],
    rules: {
      // Tests read parsed JSON and rows of other people's libraries, and fail when those are not what they expect.
      "@typescript-eslint/no-unsafe-assignment": "off",
      "@typescript-eslint/no-unsafe-member-access": "off",
      "@typescript-eslint/no-unsafe-argument": "off",
      "@typescript-eslint/no-unsafe-call": "off",
      "@typescript-eslint/no-unsafe-return": "off",
    },
  },
);
