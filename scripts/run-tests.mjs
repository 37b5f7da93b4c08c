import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { run, tool } from "./run.mjs";

/** Runs vitest with these arguments; not `good` if a test failed or, where none may be, was skipped. */
export async function runTests(selection, { noSkip }) {
  const folder = mkdtempSync(join(tmpdir(), "culprit-tests-"));
  const report = join(folder, "report.json");
  const reporters = ["--reporter=default", "--reporter=json", `--outputFile.json=${report}`];
  const { status } = await run(process.execPath, [tool("vitest"), "run", ...reporters, ...selection]);
  const tests = testsIn(report);
  rmSync(folder, { recursive: true });
  const named = (wanted) => tests.filter(({ status }) => wanted(status)).map(({ name }) => name);
  const skipped = named((status) => status !== "passed" && status !== "failed");
  if (noSkip && skipped.length > 0)
    console.log(`With CI=true no test may be skipped:\n  ${skipped.join("\n  ")}`);
  return {
    good: status === 0 && tests.length > 0 && !(noSkip && skipped.length > 0),
    passed: named((status) => status === "passed").length,
    failed: named((status) => status === "failed").length,
    skipped: skipped.length,
  };
}

function testsIn(report) {
  try {
    const { testResults } = JSON.parse(readFileSync(report, "utf8"));
    return testResults.flatMap(({ name, assertionResults }) =>
      assertionResults.map(({ fullName, status }) => ({ name: `${name}: ${fullName}`, status })),
    );
  } catch {
    return []; // vitest ended without a report
  }
}
