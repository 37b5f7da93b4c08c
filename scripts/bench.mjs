import { requireNode } from "./node-version.mjs";

requireNode();
const { ensureInstalled } = await import("./install.mjs");
await ensureInstalled();
const { build } = await import("./build.mjs");
await build();
const { run, tool } = await import("./run.mjs");
const bench = [tool("tsx"), "--conditions=development", "bench/main.ts", ...process.argv.slice(2)];
process.exitCode = (await run(process.execPath, bench)).status;
