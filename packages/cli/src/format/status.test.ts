import type { Machine } from "@culprit/protocol";
import { expect, test } from "vitest";
import { testTerminal } from "../testing/terminal.ts";
import { formatFleet, formatMachine } from "./status.ts";

const machine: Machine = {
  id: "m_1",
  name: "db-1",
  state: "online",
  labels: {},
  enrolledAt: "2026-11-01T00:00:00Z",
  connected: true,
  now: { cpuShare: 1, memoryShare: 0.5, diskShare: null, pressureShare: null, lessOften: 4 },
};

test("a machine without an agent is no fault of the fleet", () => {
  const fleet = { running: [], failed: [], slow: [] };
  const silent = { ...machine, state: "silent", lastContactAt: "2026-11-20T00:00:00Z" } as const;
  const { now: _, ...mail } = { ...machine, name: "mail-1", state: "silent" } as const;
  const text = formatFleet({ machines: [silent, mail], ...fleet }, testTerminal());
  expect(text).toContain("Machines: 2 (1 silent, 1 no agent yet)");
  expect(text).toContain("  db-1: silent");
  expect(text).not.toContain("mail-1");
});

test("an overloaded machine that is looked at less often is told as such", () => {
  const terminal = testTerminal();
  const told = /4 times less often than set, for it is overloaded/;
  expect(formatMachine(machine, undefined, terminal)).toMatch(told);
  const fleet = { running: [], failed: [], slow: [] };
  expect(formatFleet({ machines: [machine], ...fleet }, terminal)).toMatch(
    new RegExp(`\n  db-1: ${told.source}`),
  );
  const { lessOften: _, ...now } = machine.now!;
  expect(formatFleet({ machines: [{ ...machine, now }], ...fleet }, terminal)).not.toMatch(/often/);
});
