/** One deterministic example per chart: its documentation, and its snapshot test. */
import type { EChartsOption } from "echarts";
import type { ChartContext } from "./context.ts";
import { distributionChart } from "./distribution-chart.ts";
import { durationsChart, type RunDot } from "./durations-chart.ts";
import { rankingChart } from "./ranking-chart.ts";
import { relativeChart } from "./relative-chart.ts";
import { seriesChart } from "./series-chart.ts";
import { sharesChart } from "./shares-chart.ts";
import { weekChart } from "./week-chart.ts";

const start = Date.UTC(2026, 10, 23, 2, 0);
const minute = 60_000;

export const examples: Record<string, (context: ChartContext) => EChartsOption> = {
  /** CPU by mode, stacked; a gap of five minutes stays a gap. */
  series: (context) => {
    const times = Array.from({ length: 60 }, (_, index) => start + index * minute).filter(
      (time) => time < start + 20 * minute || time > start + 25 * minute,
    );
    const wave = (height: number) =>
      times.map((time) => height * (1 + Math.sin((time - start) / (8 * minute))));
    return seriesChart(
      {
        from: start,
        to: start + 60 * minute,
        unit: "1",
        stepSeconds: 60,
        stacked: true,
        max: 1,
        instant: start + 40 * minute,
        lines: [
          { name: "user", times, values: wave(0.3) },
          { name: "system", times, values: wave(0.1) },
        ],
      },
      context,
    );
  },

  /** Forty nightly runs; one failed, one slow and looked at. */
  durations: (context) => {
    const runs: RunDot[] = Array.from({ length: 40 }, (_, index) => ({
      id: String(index),
      at: start + index * 1440 * minute,
      seconds: index === 30 ? 410 : 240 + ((index * 37) % 19),
      outcome: index === 12 ? "failed" : "ok",
      deviates: index === 30,
      machine: "db1",
    }));
    return durationsChart(
      {
        from: start,
        to: start + 40 * 1440 * minute,
        runs,
        normal: { medianSeconds: 249, madSeconds: 5 },
        changes: [{ at: start + 20 * 1440 * minute, label: "+9%" }],
        highlight: "30",
        names: {
          outcomes: { running: "running", ok: "ok", failed: "failed", timeout: "timeout", lost: "lost" },
          deviates: "unusual",
          highlight: "this run",
          median: "Median",
        },
      },
      context,
    );
  },

  distribution: (context) => {
    const counts = [2, 9, 21, 14, 5, 1, 0, 1];
    const edge = (index: number) => 200 * 1.1 ** index;
    const bins = counts.map((count, index) => ({
      fromSeconds: edge(index),
      toSeconds: edge(index + 1),
      count,
    }));
    const marks = [
      { name: "Median", seconds: 255 },
      { name: "p95", seconds: 330 },
    ];
    return distributionChart({ bins, countName: "runs", marks }, context);
  },

  /** The same with a change for good: the later runs took longer. */
  "distribution-change": (context) => {
    const counts = [2, 9, 21, 14, 5, 1, 0, 1];
    const bins = counts.map((count, index) => ({
      fromSeconds: 200 * 1.1 ** index,
      toSeconds: 200 * 1.1 ** (index + 1),
      count,
      countSince: index < 3 ? 0 : Math.min(count, 12),
    }));
    const change = { before: "before 3 May", since: "since 3 May" };
    const marks = [{ name: "Median", seconds: 255 }];
    return distributionChart({ bins, countName: "runs", marks, change }, context);
  },

  /** A job of the hour that takes longer in office hours, and pauses at night. */
  week: (context) => {
    const values = Array.from({ length: 168 }, (_, index) => {
      const [day, hour] = [Math.floor(index / 24), index % 24];
      if (hour < 5) return null;
      return day < 5 && hour >= 8 && hour < 18 ? 300 + 12 * Math.abs(13 - hour) : 180 + day;
    });
    return weekChart({ values, name: "median", unit: "s" }, context);
  },

  /** A run of 412 s whose normal is 240 s: two causes, and a rest that nobody can explain. */
  shares: (context) =>
    sharesChart(
      [
        { name: "Normal", kind: "normal", seconds: 240 },
        { name: "reindex", kind: "cause", seconds: 92, range: "1 min 32 s (1 min 10 s to 1 min 50 s)" },
        { name: "Own work", kind: "own-work", seconds: 31 },
        { name: "Unexplained", kind: "unexplained", seconds: 49 },
      ],
      context,
    ),

  /** Three culprits with the seconds that they cost others in a month. */
  ranking: (context) =>
    rankingChart(
      [
        { name: "reindex", seconds: 2460, low: 1980, high: 3020, range: "41 min (33 min to 51 min)" },
        {
          name: "a name that somebody wrote with far more letters than a bar has room for",
          seconds: 900,
          low: 420,
          high: 1400,
          range: "15 min (7 min to 24 min)",
        },
        { name: "vacuum", seconds: 75, low: 20, high: 140, range: "1 min 15 s (20 s to 2 min 20 s)" },
      ],
      context,
    ),

  /** A victim of which two thirds of the runs beside the culprit took half as long again. */
  relative: (context) => {
    const beside = [0, 1, 4, 3, 2, 5, 9, 7, 3, 1];
    const alone = [12, 210, 640, 190, 31, 8, 2, 0, 1, 0];
    const bins = beside.map((count, index) => ({
      from: 0.8 * 1.1 ** index,
      to: 0.8 * 1.1 ** (index + 1),
      with: count,
      without: alone[index]!,
    }));
    const names = {
      with: "beside it: 35 runs, median 1.6×",
      without: "without it: 1,094 runs, median 1×",
      normal: "normal",
    };
    return relativeChart({ bins, names }, context);
  },
};
