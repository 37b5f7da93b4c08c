/**
 * `npm test`: sets up what tests need and runs them all; `npm test -- <vitest arguments>` runs some. The whole system
 * comes after the packages, and by itself where its timings mean something. CI=true allows no skipped test.
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
        ["--project", "!e2e*", "--maxWorkers=2"],
        ["--project", "e2e", "--maxWorkers=2"],
        ["--project", "e2e-waiting", "--maxWorkers=2"],
        ["--project", "e2e-alone", "--maxWorkers=2"],
        ["--project", "e2e-measuring"],
      ];
const results = [];
for (const part of parts) results.push(await runTests(part, { noSkip }));
const sum = (count) => results.reduce((total, result) => total + result[count], 0);
console.log(`${sum("passed")} passed, ${sum("failed")} failed, ${sum("skipped")} skipped`);
process.exitCode = results.every(({ good }) => good) ? 0 : 1;
