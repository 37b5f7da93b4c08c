import { microsPerSecond, WebGate, type WebRequest } from "@culprit/protocol";
import { expect, test } from "vitest";
import { RequestCounts } from "./request-counts.ts";

const start = Date.UTC(2026, 10, 27) * 1000;
const named = (route: string) => ({ process: `GET ${route}`, method: "GET", route });
const request = (seconds: number, change: Partial<WebRequest> = {}): WebRequest => ({
  name: named("/orders"),
  statusClass: "2xx",
  failed: false,
  seconds: 0.02,
  endedAt: start + Math.round(seconds * microsPerSecond),
  ...change,
});

function take(counts: RequestCounts) {
  counts.hold();
  return counts.take();
}
const total = (counts: RequestCounts) =>
  (take(counts)?.points.value ?? []).reduce((sum, value) => sum + value, 0);

test("twenty a second are recorded in full", () => {
  const gate = new WebGate();
  for (let at = 0; at < 60; at += 0.05) expect(gate.decide(request(at))).toBe(1);
});

test("past that a sample stands for the rest, and its weights add up to what there was", () => {
  const gate = new WebGate();
  let recorded = 0;
  let weights = 0;
  for (let number = 0; number < 120_000; number++) {
    const weight = gate.decide(request(number / 2000));
    if (weight > 0) recorded++;
    weights += weight;
  }
  expect(recorded).toBeGreaterThan(60 * 20);
  expect(recorded).toBeLessThan(60 * 20 + 60 * 21);
  expect(120_000 - weights).toBeGreaterThanOrEqual(0);
  expect(120_000 - weights).toBeLessThan(100);
});

test("past that all failed and slow ones are recorded for themselves", () => {
  const gate = new WebGate();
  let missed = 0;
  for (let number = 0; number < 20_000; number++) {
    const odd = number > 1000 && number % 500 === 0;
    const jitter = 0.02 + (number % 17) / 2000;
    const weight = gate.decide(
      request(number / 1000, number % 1000 === 0 && odd ? { failed: true } : { seconds: odd ? 0.4 : jitter }),
    );
    if (odd && weight !== 1) missed++;
  }
  expect(missed).toBe(0);
});

test("a rare process beside a busy one is seen at least once a minute", () => {
  const gate = new WebGate();
  let seen = 0;
  for (let number = 0; number < 240_000; number++) {
    const rare = number % 5000 === 4999;
    const weight = gate.decide(request(number / 1000, rare ? { name: named("/rare") } : {}));
    if (rare && weight > 0) seen++;
  }
  expect(seen).toBeGreaterThanOrEqual(4);
});

test("a time far ahead does not close the gate for good", () => {
  const gate = new WebGate();
  gate.decide(request(86_400));
  let full = 0;
  for (let at = 0; at < 10; at += 0.05) if (gate.decide(request(at)) === 1) full++;
  expect(full).toBeGreaterThan(190);
});

test("every request counts in one series of its minute, with what is known of its duration", () => {
  const counts = new RequestCounts();
  counts.add(request(1), true);
  counts.add(request(2, { seconds: 30 }), true);
  counts.add(request(3, { seconds: null, statusClass: "5xx" }), false);
  counts.add(request(61), true);
  const body = take(counts)!;
  const rows = body.series.map(({ metric, attributes }, row) => [
    metric,
    attributes["bucket.upper"] ?? attributes["result"],
    attributes["http.response.status_class"],
    (body.points.at[row]! - start) / microsPerSecond,
    body.points.value[row],
  ]);
  expect(rows).toEqual([
    ["http.server.request.duration", "0.025", "2xx", 60, 1],
    ["culprit.agent.web.requests", "recorded", undefined, 60, 2],
    ["http.server.request.duration", "inf", "2xx", 60, 1],
    ["http.server.request.duration", "unknown", "5xx", 60, 1],
    ["culprit.agent.web.requests", "counted-only", undefined, 60, 1],
    ["http.server.request.duration", "0.025", "2xx", 120, 1],
    ["culprit.agent.web.requests", "recorded", undefined, 120, 1],
  ]);
  expect(take(counts)).toBeNull();
});

test("a process for every request can't take all series of the machine, and all are counted", () => {
  const counts = new RequestCounts();
  for (let number = 0; number < 9000; number++)
    counts.add(request(1, { name: named(`/p${number}`), seconds: (number % 40) / 10 }), true);
  expect(counts.saved.series.length).toBeLessThan(3100);
  expect(total(counts)).toBe(2 * 9000);
});

test("an increment tells the time since the one before, and one that comes late takes none", () => {
  const counts = new RequestCounts();
  const interval = () => take(counts)!.points.intervalSeconds[0];
  counts.add(request(1), true);
  expect(interval()).toBe(60);
  counts.add(request(181), true);
  expect(interval()).toBe(180);
  counts.add(request(181), true);
  expect(interval()).toBe(0.001);
  counts.add(request(86_400), true);
  expect(interval()).toBe(600);
});

test("saved counts go on where they were", () => {
  const counts = new RequestCounts();
  counts.add(request(1), true);
  const again = new RequestCounts(structuredClone(counts.saved));
  again.add(request(2), true);
  expect(take(again)!.points.value).toEqual([2, 2]);
});

test("what is counted while counts are set aside is told the next time, or with them if they are not told", () => {
  const counts = new RequestCounts();
  counts.add(request(1), true);
  counts.hold();
  counts.add(request(2), true);
  counts.release();
  expect(counts.saved.minutes.map(([at]) => at)).toEqual([start + 60_000_000]);
  counts.hold();
  counts.add(request(3), true);
  expect(counts.take()!.points.value).toEqual([2, 2]);
  expect(take(counts)!.points.value).toEqual([1, 1]);
});
