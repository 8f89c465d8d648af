import path from "node:path";
import react from "@vitejs/plugin-react";
import { defineConfig } from "vite";

/**
 * The window: bundled for the oldest Chromium that it runs on (Electron 33), served from the app's own scheme.
 * scripts/build.mjs names the output folder.
 */
export default defineConfig({
  root: path.join(import.meta.dirname, "renderer"),
  base: "./",
  plugins: [react()],
  build: {
    target: "chrome130",
    // The content policy forbids inline code, so nothing may be inlined as a data URL either.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    chunkSizeWarningLimit: 2000,
  },
});
