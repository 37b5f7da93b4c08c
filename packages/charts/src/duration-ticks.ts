/** Where an axis of durations has its marks: at round seconds, minutes, hours and days, as a person would put them. */

const minute = 60;
const hour = 3600;
const day = 86_400;

/** Seconds, from a microsecond to a year. */
const roundSteps = [
  ...[1e-6, 1e-5, 1e-4, 0.001, 0.01, 0.1].flatMap((unit) => [unit, 2 * unit, 5 * unit]),
  ...[1, minute].flatMap((unit) => [1, 2, 5, 10, 20, 30].map((count) => count * unit)),
  ...[1, 2, 3, 6, 12].map((hours) => hours * hour),
  ...[1, 2, 5, 10, 20, 50, 100, 200, 400].map((days) => days * day),
];

const mostParts = 4;

/** From zero to at or just above `highest` seconds, in at most four equal parts. */
export function linearDurationTicks(highest: number): number[] {
  // What a division leaves behind the twelfth digit is no part of its own.
  const round = (seconds: number) => Number(seconds.toPrecision(12));
  const top = highest > 0 ? highest : 1;
  const step = roundSteps.find((each) => each >= round(top / mostParts)) ?? roundSteps.at(-1)!;
  const parts = Math.min(mostParts, Math.ceil(round(top / step)));
  return Array.from({ length: parts + 1 }, (_, part) => round(part * step));
}

const logarithmicMarks = [
  1e-6,
  1e-5,
  1e-4,
  0.001,
  0.01,
  0.1,
  1,
  10,
  minute,
  10 * minute,
  hour,
  10 * hour,
  4 * day,
  40 * day,
  400 * day,
];

/** From at or below `lowest` (above 0) to at or above `highest` seconds, about a tenfold apart. */
export function logarithmicDurationTicks(lowest: number, highest: number): number[] {
  const first = logarithmicMarks.findLastIndex((mark) => mark <= lowest);
  const last = logarithmicMarks.findIndex((mark) => mark >= highest);
  return logarithmicMarks.slice(Math.max(0, first), last === -1 ? undefined : last + 1);
}
