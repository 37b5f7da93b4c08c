/**
 * `npm test`: sets up what tests need and runs them all; `npm test -- <vitest arguments>` runs some. The whole system
 * comes after the packages, by itself: its timings mean something. CI=true allows no skipped test.
 */
import { requireNode } from "./node-version.mjs";

requireNode();
const noSkip = process.env.CI === "true";
const { ensureInstalled } = await import("./install.mjs");
await ensureInstalled();
const { ensureSystemPackages } = await import("./system-packages.mjs");
await ensureSystemPackages({ noSkip });
const { build } = await import("./build.mjs");
await build();

const { runTests } = await import("./run-tests.mjs");
const chosen = process.argv.slice(2);
const parts =
  chosen.length > 0
    ? [chosen]
    : [
        ["--project", "!e2e"],
        ["--project", "e2e"],
      ];
let failed = false;
for (const part of parts) failed = !(await runTests(part, { noSkip })) || failed;
process.exitCode = failed ? 1 : 0;
