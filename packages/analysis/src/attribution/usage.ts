/** What the system measured of a run, in units of its machine's capacity. */
import { medianOf } from "../statistics.ts";
import type { Resource } from "./evidence.ts";

/** Of a run and its descendants; null where the system does not tell. */
export type RunUsage = {
  seconds: number;
  cpuSeconds: number | null;
  /** The highest over a few seconds. */
  peakCpuCores: number | null;
  /** Read and written. */
  ioBytes: number | null;
  peakIoBytesPerSecond: number | null;
};

/** Null: not known. */
export type MachineCapacity = { cores: number | null; ioBytesPerSecond: number | null };

/** Both NaN where not known. */
export type MeasuredUse = {
  /** What it asks for while it runs, 0..1. */
  demand: number;
  /** Seconds of the whole capacity. */
  work: number;
};

/**
 * The demand of a run is its peak: a run that waits uses less on average than it would. But nothing that shares a
 * machine has to wait three quarters of its time for long, so a peak above four times the average is a burst, and four
 * times the average stands for it.
 */
export function usageDemand(usage: RunUsage, capacity: MachineCapacity): Record<Resource, MeasuredUse> {
  return {
    cpu: measured(usage.seconds, usage.cpuSeconds, usage.peakCpuCores, capacity.cores),
    io: measured(usage.seconds, usage.ioBytes, usage.peakIoBytesPerSecond, capacity.ioBytesPerSecond),
  };
}

const burst = 4;
/** More than so many times what the machine can do in the time (and a second, for clocks that are coarse) nobody has used. */
const impossible = 2;

function measured(
  seconds: number,
  total: number | null,
  peak: number | null,
  capacity: number | null,
): MeasuredUse {
  if (capacity === null || !(capacity > 0)) return { demand: NaN, work: NaN };
  if (total !== null && seconds > 0 && total > impossible * capacity * (seconds + 1))
    return { demand: NaN, work: NaN };
  const average = total !== null && seconds > 0 ? total / seconds : null;
  const asked =
    peak !== null && average !== null
      ? Math.max(average, Math.min(peak, burst * average))
      : (peak ?? average ?? NaN);
  return {
    demand: Math.min(1, Math.max(0, asked / capacity)),
    work: total === null ? NaN : Math.min(total / capacity, seconds),
  };
}

/**
 * The bytes a second that a machine's disks can do, seen from samples of their utilisation (0..1) and throughput: the
 * median of throughput over utilisation where they were at least half busy. Null with fewer than ten such samples: then
 * the disks were hardly ever what anybody waited for.
 */
export function diskCapacity(
  utilisation: ArrayLike<number>,
  bytesPerSecond: ArrayLike<number>,
): number | null {
  const rates: number[] = [];
  for (let i = 0; i < utilisation.length; i++) {
    const busy = Math.min(1, utilisation[i]!);
    if (busy >= halfBusy && bytesPerSecond[i]! > 0) rates.push(bytesPerSecond[i]! / busy);
  }
  return rates.length < leastBusySamples ? null : medianOf(rates);
}

const halfBusy = 0.5;
const leastBusySamples = 10;
