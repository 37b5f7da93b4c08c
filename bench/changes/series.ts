/** Durations of processes whose every change is known; apart from the analysis, and seeded. Seconds since 1970. */
import { gaussian, type LogSeries, type Random } from "@culprit/analysis";

export const day = 86_400;
/** A Monday. */
const start = Date.UTC(2026, 0, 5) / 1000;

type Shape = {
  runsPerDay: number;
  /** Standard deviation of the logarithm. */
  noise: number;
  /** One run's share of the noise that the next one inherits. */
  correlation?: number;
  /** Share of runs that take three times as long. */
  outliers?: number;
  /** Noise with the tails of Student's t with two degrees of freedom. */
  heavyTails?: boolean;
  /** Growth of the logarithm in a year. */
  drift?: number;
  /** Added to the logarithm, by day of the week from Monday and hour. */
  week?: (weekday: number, hour: number) => number;
  /** Whole days, about one in this many, on which all runs take half as long again. */
  badDays?: number;
};

export function makeSeries(shape: Shape, days: number, random: Random): LogSeries {
  const { runsPerDay, noise, correlation = 0, outliers = 0, drift = 0, week, badDays } = shape;
  const count = Math.floor(days * runsPerDay);
  const at = new Float64Array(count);
  const logs = new Float64Array(count);
  let inherited = 0;
  let bad = -1;
  for (let i = 0; i < count; i++) {
    const time = start + 3 * 3600 + (i * day) / runsPerDay + random() * 120;
    const own = shape.heavyTails ? gaussian(random) / Math.sqrt(-Math.log(1 - random())) : gaussian(random);
    inherited = correlation * inherited + Math.sqrt(1 - correlation ** 2) * own;
    const today = Math.floor(time / day);
    if (badDays !== undefined && i % Math.max(1, Math.round(runsPerDay)) === 0 && random() < 1 / badDays)
      bad = today;
    at[i] = time;
    logs[i] =
      Math.log(300) +
      noise * inherited +
      (random() < outliers ? Math.log(3) : 0) +
      (drift * (time - start)) / (365 * day) +
      (bad === today ? Math.log(1.5) : 0) +
      (week?.(Math.floor((time - start) / day) % 7, Math.floor(time / 3600) % 24) ?? 0);
  }
  return { at, logs };
}

const officeHours = (weekday: number, hour: number): number =>
  weekday < 5 && hour >= 8 && hour < 18 ? Math.log(1.6) : 0;

/** Nothing about these ever changes for good. */
export const innocents: Record<string, Shape> = {
  "nightly, 10% noise": { runsPerDay: 1, noise: 0.1 },
  "nightly, 30% noise": { runsPerDay: 1, noise: 0.3 },
  "nightly, heavy tails": { runsPerDay: 1, noise: 0.1, heavyTails: true, outliers: 0.05 },
  "nightly, one in four thrice as long": { runsPerDay: 1, noise: 0.1, outliers: 0.25 },
  "nightly, noise that lasts (0.6)": { runsPerDay: 1, noise: 0.15, correlation: 0.6 },
  "nightly, full backup on Sundays": {
    runsPerDay: 1,
    noise: 0.1,
    week: (weekday) => (weekday === 6 ? Math.log(4) : 0),
  },
  "nightly, weekends a third shorter": {
    runsPerDay: 1,
    noise: 0.08,
    week: (weekday) => (weekday > 4 ? Math.log(0.67) : 0),
  },
  "nightly, grows 1% a week": { runsPerDay: 1, noise: 0.05, drift: 0.52 },
  "nightly, grows 3% a week": { runsPerDay: 1, noise: 0.05, drift: 1.54 },
  "nightly, bad nights": { runsPerDay: 1, noise: 0.1, badDays: 12 },
  "hourly, 20% noise": { runsPerDay: 24, noise: 0.2, outliers: 0.02 },
  "hourly, office hours": { runsPerDay: 24, noise: 0.1, week: officeHours },
  "hourly, noise that lasts (0.95)": { runsPerDay: 24, noise: 0.2, correlation: 0.95 },
  "hourly, bad days": { runsPerDay: 24, noise: 0.1, badDays: 12 },
  "hourly, grows 3% a week": { runsPerDay: 24, noise: 0.1, drift: 1.54 },
  "every 5 minutes, office hours": { runsPerDay: 288, noise: 0.3, heavyTails: true, week: officeHours },
};

/** Those in which a change is planted. */
export const victims: Record<string, Shape> = {
  "nightly, 5% noise": { runsPerDay: 1, noise: 0.05, outliers: 0.03 },
  "nightly, 10% noise": { runsPerDay: 1, noise: 0.1, outliers: 0.03 },
  "nightly, heavy tails": { runsPerDay: 1, noise: 0.1, heavyTails: true, outliers: 0.05 },
  "nightly, full backup on Sundays": innocents["nightly, full backup on Sundays"]!,
  "hourly, office hours": innocents["hourly, office hours"]!,
};
