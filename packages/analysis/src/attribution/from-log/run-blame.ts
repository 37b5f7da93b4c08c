/**
 * How the excess of one run divides among those beside it. Before the excess is looked at, each is expected to have cost
 * m = g o seconds (o: seconds beside), with the variance v = (se^2 + s^2) o^2 of how well g is known and of how it differs
 * from run to run; the run's own chance has mean 0 and variance u. Given the excess E, the expected cost is
 * m + v (E - sum m) / (u + sum v) (best linear prediction: Robinson 1991). It moves by no more than `farthest` deviations:
 * what is beyond is nobody's that we know. The bounds are those of v alone.
 */
export type Expected = { mean: number; variance: number };
export type Blame = { seconds: number; low: number; high: number };

const farthest = 0.5;
/** Of a normal distribution the bounds of 95% are so many deviations away. */
const bounds = 1.96;

/** One for each of the expected, together no more than the excess. Seconds, and their squares. */
export function divideExcess(expected: readonly Expected[], ownVariance: number, excess: number): Blame[] {
  const sum = (of: (one: Expected) => number) => expected.reduce((total, one) => total + of(one), 0);
  const all = ownVariance + sum(({ variance }) => variance);
  const rest = excess - sum(({ mean }) => mean);
  const moved = expected.map(({ mean, variance }) => {
    const deviation = Math.sqrt(variance);
    const step = all > 0 ? (variance * rest) / all : 0;
    return Math.max(0, mean + Math.min(farthest * deviation, Math.max(-farthest * deviation, step)));
  });
  const whole = moved.reduce((total, seconds) => total + seconds, 0);
  const scale = whole > excess ? excess / whole : 1;
  return expected.map(({ variance }, k) => {
    const left = bounds * Math.sqrt(variance);
    const seconds = moved[k]! * scale;
    return { seconds, low: Math.max(0, Math.min(seconds, moved[k]! - left)), high: moved[k]! + left };
  });
}
