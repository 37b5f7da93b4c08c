import type { Machine } from "@culprit/protocol";
import { beforeAll, expect, test } from "vitest";
import { speak } from "../language.ts";
import { careLine, flagColumns } from "./flags.ts";
import { clocksThatAreOff, clockText } from "./machine-clock.ts";

beforeAll(() => speak("en"));

const machine = (name: string, clockOffsetSeconds?: number): Machine => ({
  id: "m_1",
  name,
  state: "online",
  connected: true,
  labels: {},
  enrolledAt: "2026-11-23T03:00:00.000000Z",
  ...(clockOffsetSeconds === undefined ? {} : { clockOffsetSeconds }),
});

test("a clock is told in words, with its direction", () => {
  expect(clockText(172_800)).toBe("2 d ahead of the hub's");
  expect(clockText(-90)).toBe("1 min 30 s behind the hub's");
  expect(clockText(-0.5)).toBe("agrees with the hub's (within 500 ms)");
});

test("machines whose clocks are off are named, others are not", () => {
  const lines = clocksThatAreOff([
    machine("a", 90),
    machine("b", 1),
    machine("c"),
    machine("d\u001b[2J", -3),
  ]);
  expect(lines).toHaveLength(2);
  expect(lines[0]).toBe("a: its clock is 1 min 30 s ahead of the hub's; its runs are flagged.");
  expect(lines[1]).not.toContain("\u001b");
});

test("flags are told where there are any", () => {
  expect(careLine({ flags: [] })).toBe("");
  expect(careLine({ flags: ["clock-skew"] })).toBe("Read with care: the machine's clock was off");
  expect(flagColumns([])).toEqual([]);
});
