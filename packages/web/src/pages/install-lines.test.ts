import { expect, test } from "vitest";
import { agentsOf, fileLines, installLines, installWays, upgradeLine } from "./install-lines.ts";

const token = `culprit_e_${"x".repeat(32)}`;
const file = (name: string) => ({ name, bytes: 1, sha256: "a".repeat(64) });
const installer = {
  hub: "https://hub.example:4777",
  version: "0.1.0",
  files: ["culprit-agent.mjs", "culprit-agent-linux-x64.gz", "culprit-run"].map(file),
};
const plain = { ...installer, hub: "http://hub.example:4777" };

test("every way but that of files has lines with the hub's address, and one with the token", () => {
  const lines = installLines(installer, token);
  expect(["file", ...Object.keys(lines)].toSorted()).toEqual([...installWays].toSorted());
  for (const [way, steps] of Object.entries(lines)) {
    expect([way, steps.filter((line) => line.includes(token)).length]).toEqual([way, 1]);
    expect([way, steps.some((line) => line.includes(installer.hub))]).toEqual([way, true]);
  }
  expect(lines.script).toEqual([
    `curl -fsSL https://hub.example:4777/install.sh | sudo sh -s -- --token ${token}`,
  ]);
  expect(upgradeLine(installer)).not.toContain("--token");
});

test("only beyond this machine plain http is allowed by the line, where it is needed", () => {
  const said = (given: typeof installer) => JSON.stringify(installLines(given, token));
  expect(said(plain)).toMatch(/--allow-plain-http.*CULPRIT_ALLOW_PLAIN_HTTP=true/);
  for (const hub of [installer.hub, "http://127.0.0.1:4777", "http://[::1]:4777", "http://localhost:4777"])
    expect(said({ ...installer, hub })).not.toMatch(/plain/i);
});

test("a single file is checked before it is unpacked and run", () => {
  const [node, compiled] = agentsOf(installer).map((one) => fileLines(installer, one, token));
  expect(node![0]).toContain(
    `/agent/0.1.0/culprit-agent.mjs && echo '${"a".repeat(64)}  culprit-agent.mjs' | sha256sum -c`,
  );
  expect(node![1]).toMatch(/node culprit-agent\.mjs$/);
  expect(compiled![0]).toMatch(/sha256sum -c && gunzip -f culprit-agent-linux-x64\.gz && chmod 755/);
  expect(compiled![1]).toMatch(/ \.\/culprit-agent-linux-x64$/);
  expect(agentsOf(installer)).toHaveLength(2);
});
