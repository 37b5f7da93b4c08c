import { fileURLToPath } from "node:url";
import react from "@vitejs/plugin-react";
import { defineConfig } from "vite";

const source = (path: string) => fileURLToPath(new URL(`../${path}`, import.meta.url));

/** Our own packages come from their sources, so that the dashboard builds without any other build before it. */
export default defineConfig({
  plugins: [react()],
  resolve: {
    alias: [
      { find: /^@culprit\/messages\/interval$/, replacement: source("messages/src/interval.ts") },
      { find: /^@culprit\/protocol$/, replacement: source("protocol/src/index.ts") },
      { find: /^@culprit\/messages\/metric-names$/, replacement: source("messages/src/metric-names.ts") },
      { find: /^@culprit\/charts$/, replacement: source("charts/src/index.ts") },
      { find: /^@culprit\/charts\/engine$/, replacement: source("charts/src/engine.ts") },
    ],
  },
  // The hub's content security policy allows no inline script and no data address for fonts or code.
  build: {
    outDir: "dist",
    assetsInlineLimit: 0,
    target: "es2023",
    sourcemap: false,
    chunkSizeWarningLimit: 900,
  },
  server: {
    host: "127.0.0.1",
    proxy: { "/api": { target: process.env["CULPRIT_HUB"] ?? "http://127.0.0.1:4777" } },
  },
});
