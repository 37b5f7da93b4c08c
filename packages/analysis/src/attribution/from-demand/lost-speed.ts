/**
 * How crowding slows a run down. A resource that is asked for L times its capacity serves each the share 1/L of what he
 * asks (processor sharing: Kleinrock 1967; Linux's fair scheduler and most disks come near), so the time that a run
 * spends on it stretches by X = max(0, L - 1), and a run that spends the share s of its own time on it goes at the speed
 * 1 / (1 + s X). s is the run's sensitivity to the resource: 1 if it needs nothing else, 0 if it does not need it.
 */

/** What was lost, over a stretch of time: the share of it contended, and how much the resource stretched then. */
export type Crowding = { share: number; stretch: number };

/** X: by how many times itself the time on a resource grows when so much is asked for. */
export function stretchOf(load: number): number {
  return Math.max(0, load - 1);
}

/** The speed that a run of sensitivity 1 loses, 0..1. */
export function lostSpeed(load: number): number {
  return load > 1 ? 1 - 1 / load : 0;
}

/**
 * From the means over a window of the lost speed (X / (1 + X)) and of X: one level X over a share of the window that has
 * both means. Exact where the load is constant while it is above capacity.
 */
export function crowdingOf(meanLost: number, meanStretch: number): Crowding {
  if (!(meanLost > 0)) return { share: 0, stretch: 0 };
  const stretch = Math.max(0, meanStretch / meanLost - 1);
  return stretch > 0 ? { share: Math.min(1, meanStretch / stretch), stretch } : { share: 0, stretch: 0 };
}

/** The share of the window's time that a run of this sensitivity lost. */
export function lostShare({ share, stretch }: Crowding, sensitivity: number): number {
  return (share * sensitivity * stretch) / (1 + sensitivity * stretch);
}

/** Its derivative by the sensitivity. */
export function lostShareSlope({ share, stretch }: Crowding, sensitivity: number): number {
  return (share * stretch) / (1 + sensitivity * stretch) ** 2;
}
