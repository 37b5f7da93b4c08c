/** What stands in examples/ and deploy/ works as it stands there. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { agentSettings } from "@culprit/agent/settings";
import { hubSettings } from "@culprit/hub/settings";
import { expect, test } from "vitest";
import { readSettingsFile } from "./settings/file.ts";
import { refuseUnknownKeys, resolveSettings } from "./settings/layers.ts";
import { testTerminal } from "./testing/terminal.ts";

const root = join(import.meta.dirname, "../../..");
const read = (path: string) => readFileSync(join(root, path), "utf8");

test.each([
  ["examples/hub.yaml", hubSettings],
  ["examples/agent.yaml", agentSettings],
  ["examples/agent-web.yaml", agentSettings],
])("%s holds settings that are known and valid", (path, schema) => {
  const file = readSettingsFile(testTerminal(), join(root, path));
  expect(() => refuseUnknownKeys(file, [schema])).not.toThrow();
  const { origins } = resolveSettings(schema, { file, environment: {}, flags: new Map() });
  expect(origins.filter(({ origin }) => origin.endsWith(".yaml")).length).toBeGreaterThan(0);
});

test("what the example allows is understood, and the documentation shows such a file", async () => {
  const { loadAllowed } = await import("@culprit/agent/allowed");
  const folder = mkdtempSync(join(tmpdir(), "culprit-allowed-"));
  for (const [name, text] of [
    ["example", read("examples/allowed.yaml")],
    ["documented", /```yaml\n([^]*?)```/.exec(read("docs/services.md"))![1]!],
  ] as const) {
    const path = join(folder, `${name}.yaml`);
    writeFileSync(path, text, { mode: 0o644 });
    const { problem, services } = await loadAllowed(path, process.getuid!());
    expect({ name, problem }).toEqual({ name, problem: null });
    expect(services.get("apache2")?.verbs).toEqual(["start", "stop", "restart"]);
  }
  rmSync(folder, { recursive: true });
});

test("every job of the crontab runs through the recorder", () => {
  const jobs = read("examples/crontab")
    .split("\n")
    .filter((line) => line !== "" && !line.startsWith("#"));
  expect(jobs.length).toBeGreaterThan(0);
  for (const job of jobs) expect(job).toMatch(/^(\S+ +){5}culprit-run --kind cron --name [\w-]+ -- \/\S+/);
});

test("the crontab that is recorded as a whole has the jobs that the documentation names", () => {
  const example = read("examples/crontab-whole").split("\n").slice(1).join("\n");
  expect(read("docs/recording/jobs.md")).toContain(`\`\`\`crontab\n${example}\`\`\``);
});

test.each(["deploy/culprit-hub.service", "deploy/culprit-agent.service"])(
  "%s starts a program that is there",
  (path) => {
    const program =
      /^ExecStart=\/usr\/bin\/env node (?:--\S+ )*(\S+) (hub|agent) --config \/etc\/culprit\/\2[.]yaml$/m.exec(
        read(path),
      );
    expect(read(program![1]!)).toContain("main.js");
  },
);
