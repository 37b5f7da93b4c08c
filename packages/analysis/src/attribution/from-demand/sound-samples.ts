/** Samples without those that a clock which jumped back, or a meter that failed, has made worthless. */
import type { MachineSamples } from "../evidence.ts";

/** A load that no machine has ever had is a meter's error. */
const mostLoad = 1000;

/** Strictly ascending; loads that can't be are gaps. The very same where all is well. */
export function soundSamples(samples: MachineSamples): MachineSamples {
  const { at, load, steal } = samples;
  const kept: number[] = [];
  let last = -Infinity;
  for (let i = 0; i < at.length; i++) {
    if (!(at[i]! > last && at[i]! < Infinity)) continue;
    last = at[i]!;
    kept.push(i);
  }
  const isSound = (value: number): boolean => value >= 0 && value <= mostLoad;
  if (kept.length === at.length && load.cpu.every(isSound) && load.io.every(isSound)) return samples;
  const column = (values: Float32Array): Float32Array =>
    Float32Array.from(kept, (i) => (isSound(values[i]!) ? values[i]! : NaN));
  return {
    at: Float64Array.from(kept, (i) => at[i]!),
    load: { cpu: column(load.cpu), io: column(load.io) },
    steal: Float32Array.from(kept, (i) => steal[i]!),
  };
}
