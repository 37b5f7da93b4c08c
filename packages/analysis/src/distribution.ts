/** How durations are distributed: a histogram in equal steps of log duration. */

export type DurationBin = { fromSeconds: number; toSeconds: number; count: number };

/** Shorter durations count as this long. */
const shortestSeconds = 0.001;
const mostBins = 40;

/** About the square root of the count bins, from the shortest to the longest duration; [] for none. Seconds >= 0. */
export function distribute(durations: Float64Array): DurationBin[] {
  if (durations.length === 0) return [];
  const edges = edgesOf(durations);
  const counts = countBetween(edges, durations);
  return Array.from(counts, (count, bin) => ({
    fromSeconds: edges[bin]!,
    toSeconds: edges[bin + 1]!,
    count,
  }));
}

/** How many durations are in each of some bins, which must reach from the shortest to the longest of them. */
export function countWithin(bins: readonly DurationBin[], durations: Float64Array): Int32Array {
  const edges = Float64Array.from({ length: bins.length + 1 }, (_, edge) =>
    edge === 0 ? (bins[0]?.fromSeconds ?? 0) : bins[edge - 1]!.toSeconds,
  );
  return countBetween(edges, durations);
}

function edgesOf(durations: Float64Array): Float64Array {
  let min = Infinity;
  let max = shortestSeconds;
  for (const seconds of durations) {
    if (!(seconds >= 0 && seconds < Infinity)) throw new RangeError(`${seconds} is not a duration`);
    min = Math.min(min, Math.max(seconds, shortestSeconds));
    max = Math.max(max, seconds);
  }
  const span = Math.log(max / min);
  const bins = span === 0 ? 1 : Math.min(mostBins, Math.max(5, Math.ceil(Math.sqrt(durations.length))));
  return Float64Array.from({ length: bins + 1 }, (_, edge) =>
    edge === bins ? max : min * Math.exp((span * edge) / bins),
  );
}

function countBetween(edges: Float64Array, durations: Float64Array): Int32Array {
  const bins = edges.length - 1;
  const min = edges[0]!;
  const span = Math.log(edges[bins]! / min);
  const counts = new Int32Array(bins);
  for (const seconds of durations) {
    const length = Math.max(seconds, shortestSeconds);
    let bin =
      span === 0 ? 0 : Math.max(0, Math.min(bins - 1, Math.floor((Math.log(length / min) / span) * bins)));
    // The logarithm is rounded: what counts is the edge as it is shown, which belongs to the bin above it.
    if (bin > 0 && length < edges[bin]!) bin--;
    else if (bin < bins - 1 && length >= edges[bin + 1]!) bin++;
    counts[bin]!++;
  }
  return counts;
}
