/**
 * What was different in a span of time: each value against the same hours before, robust, calibrated on these very series,
 * and corrected for how many were compared (Benjamini & Hochberg 1995). Where nothing was different, nothing is listed in
 * 19 of 20 spans; a height that a series was never seen at before is a difference, also of one that jumps now and then.
 */
import { falseDiscoveryRates } from "../attribution/from-log/false-discovery.ts";
import { calibrate } from "./calibration.ts";
import { isSameKind, isSameWeekday, type Span } from "./spans.ts";
import { leastReferences, surpriseOf, type References, type Surprise } from "./surprise.ts";

export type SpanValues = {
  /** The one in question first. */
  spans: readonly Span[];
  /** A row for each series, a column for each span; NaN where there is no value. */
  values: Float64Array;
  /** By series: 1 for counts of events, 0 for what is measured. */
  isCount: Uint8Array;
};

export type Difference = {
  /** The row. */
  series: number;
  value: number;
  usual: number;
  score: number;
  q: number;
};

const day = 86_400;
const mostQ = 0.05;
/** A smaller difference, as a part of the larger of the two, is nothing to look at. */
const leastShare = 0.05;

/** Most certain first. `compared`: how many had enough values to tell. */
export function compareSpan(given: SpanValues): { differences: Difference[]; compared: number } {
  const { spans, values, isCount } = given;
  const columns = spans.length;
  if (values.length !== isCount.length * columns)
    throw new RangeError(`${values.length} values are not ${isCount.length} rows of ${columns}`);
  const found: { series: number; surprise: Surprise }[] = [];
  const usually = spans.slice(1).map((): Surprise[] => []);
  const views = spans.map((_, column) => viewFrom(spans, column));
  for (let series = 0; series < isCount.length; series++) {
    const row = values.subarray(series * columns, (series + 1) * columns);
    const isTrial = isChosen(series, isCount.length);
    for (const [column, { others, ...references }] of views.entries()) {
      if (column > 0 && !isTrial) break;
      const surprise = surpriseOf(
        row[column]!,
        { ...references, values: Float64Array.from(others, (one) => row[one]!) },
        isCount[series] === 1,
        leastReferences - (column === 0 ? 0 : 1),
      );
      if (!surprise) continue;
      if (column === 0) found.push({ series, surprise });
      else usually[column - 1]!.push(surprise);
    }
  }
  const calibrated = calibrate(usually);
  const qs = falseDiscoveryRates(Float64Array.from(found, ({ surprise }) => Math.exp(calibrated(surprise))));
  const differences = found
    .map((one, at) => ({ ...one, q: qs[at]!, value: values[one.series * columns]! }))
    .filter(({ q, value, surprise }) => q <= mostQ && isWorthTelling(value, surprise.usual))
    .toSorted(
      (a, b) => a.surprise.logP - b.surprise.logP || Math.abs(b.surprise.score) - Math.abs(a.surprise.score),
    )
    .map(({ series, q, value, surprise: { usual, score } }) => ({ series, value, usual, score, q }));
  return { differences, compared: found.length };
}

/** Of more series so many tell how often surprises come; by a hash, for their order has a rhythm. */
const mostTrials = 1000;

function isChosen(series: number, all: number): boolean {
  return (Math.imul(series, 0x9e3779b1) >>> 0) * all < mostTrials * 2 ** 32;
}

const isWorthTelling = (value: number, usual: number): boolean =>
  Math.abs(value - usual) >= leastShare * Math.max(Math.abs(value), Math.abs(usual));

/** The other spans as one of them sees them; the one in question is nobody's reference. */
function viewFrom(
  spans: readonly Span[],
  column: number,
): Omit<References, "values"> & { others: Uint32Array } {
  const own = spans[column]!;
  const others = Uint32Array.from(spans.keys()).filter((one) => one !== column && one !== 0);
  return {
    others,
    at: Float64Array.from(others, (one) => (spans[one]!.from - own.from) / day),
    sameKind: Uint8Array.from(others, (one) => (isSameKind(spans[one]!, own) ? 1 : 0)),
    sameWeekday: Uint8Array.from(others, (one) => (isSameWeekday(spans[one]!, own) ? 1 : 0)),
  };
}
