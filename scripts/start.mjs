import { requireNode } from "./node-version.mjs";

requireNode();
const { ensureInstalled } = await import("./install.mjs");
await ensureInstalled();
const { build } = await import("./build.mjs");
await build();
process.argv.splice(1, 1, "culprit", "up");
await import("../packages/cli/dist/main.js");
