import { expect, it } from "vitest";
import type { Machine } from "@culprit/protocol";
import { withoutAgent } from "./without-agent.ts";

const machine = (name: string, more: Partial<Machine> = {}): Machine => ({
  id: name,
  name,
  state: "silent",
  labels: {},
  enrolledAt: "2026-11-01T00:00:00Z",
  connected: false,
  ...more,
});

it("names machines that no agent ever spoke for, some of many", () => {
  const heard = machine("db2", { lastContactAt: "2026-11-20T00:00:00Z" });
  expect(withoutAgent([machine("db1"), heard], "en")).toBe("db1");
  expect(withoutAgent([], "en")).toBe("");
  const many = Array.from({ length: 9 }, (_, index) => machine(`m${index}`));
  expect(withoutAgent(many, "en")).toBe("m0, m1, m2, m3, m4, and 4 more");
});
