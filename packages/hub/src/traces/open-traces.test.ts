import { beforeEach, expect, test } from "vitest";
import { OpenTraces, usualLimits, type OpenTraceLimits } from "./open-traces.ts";
import type { Span } from "./span.ts";

let traces: OpenTraces;

const start = (limits: Partial<OpenTraceLimits> = {}) => {
  traces = new OpenTraces({ now: () => 0 }, { ...usualLimits, stepsPerExecution: 50, ...limits });
};
beforeEach(() => start());

const span = (id: number, parent: number | null, more: Partial<Span> = {}): Span => ({
  traceId: "1".repeat(32),
  spanId: String(id),
  parentSpanId: parent === null ? null : String(parent),
  parentIsRemote: null,
  name: "work",
  kind: "internal",
  startedAt: 0,
  endedAt: 1,
  failed: false,
  attributes: new Map(),
  resource: new Map(),
  ...more,
});

const run = (of: Span) => {
  const entry = { executionId: of.spanId, process: "p", kind: "job" as const, failed: false };
  return { span: of, entry, recorded: true };
};

function join(entries: readonly Span[], others: readonly Span[]) {
  const joined = traces.join(1, entries.map(run), others);
  joined.settle();
  return joined;
}

test("many spans at the end of a long branch cost no more than their number", () => {
  const branch = Array.from({ length: 1999 }, (_, n) => span(n + 1, n));
  join([], [...branch, ...Array.from({ length: 17_000 }, (_, n) => span(10_000 + n, 1999))]);
  const begun = performance.now();
  for (let late = 0; late < 20; late++) join([], [span(50_000 + late, 1999)]);
  expect(performance.now() - begun).toBeLessThan(2000);
  expect(join([span(0, null)], []).steps).toHaveLength(50);
});

test("texts without end can't fill the memory: spans that hold them wait for less", () => {
  const long = new Map([["url.path", "x".repeat(999_000)]]);
  let dropped = 0;
  for (let n = 0; n < 20; n++)
    dropped += join([], [span(n, 99, { traceId: String(n), attributes: long })]).withoutExecution;
  expect(dropped).toBe(10);
});

test("of runs past the bound the newest are remembered, of one trace no more than of others", () => {
  start({ spansRemembered: 10, spansPerTrace: 3 });
  for (let n = 0; n < 20; n++) join([span(1, null, { traceId: String(n) })], []);
  const stepsIn = (trace: number) => join([], [span(2, 1, { traceId: String(trace) })]).steps.length;
  expect([stepsIn(0), stepsIn(19)]).toEqual([0, 1]);
  join(
    Array.from({ length: 5 }, (_, n) => span(n + 10, null)),
    [],
  );
  expect([join([], [span(3, 10)]).steps.length, join([], [span(4, 14)]).steps.length]).toEqual([1, 0]);
});
