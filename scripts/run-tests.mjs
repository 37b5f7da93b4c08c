import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { run, tool } from "./run.mjs";

/** Runs vitest with these arguments; false if a test failed or, where none may be, was skipped. */
export async function runTests(selection, { noSkip }) {
  const folder = mkdtempSync(join(tmpdir(), "culprit-tests-"));
  const report = join(folder, "report.json");
  const reporters = ["--reporter=default", "--reporter=json", `--outputFile.json=${report}`];
  const { status } = await run(process.execPath, [tool("vitest"), "run", ...reporters, ...selection]);
  const skipped = noSkip ? skippedIn(report) : [];
  rmSync(folder, { recursive: true });
  if (skipped.length > 0) console.log(`With CI=true no test may be skipped:\n  ${skipped.join("\n  ")}`);
  return status === 0 && skipped.length === 0;
}

function skippedIn(report) {
  let results;
  try {
    results = JSON.parse(readFileSync(report, "utf8")).testResults;
  } catch {
    return ["vitest left no report"];
  }
  return results.flatMap(({ name, assertionResults }) =>
    assertionResults
      .filter(({ status }) => status !== "passed" && status !== "failed")
      .map(({ fullName }) => `${name}: ${fullName}`),
  );
}
