import type { PlannedProcess } from "../plan.ts";

/** Takes 100 s whatever happens, at any time of day. */
export const plainProcess: PlannedProcess = {
  name: "job",
  machine: 0,
  kind: "cron",
  schedule: { kind: "any-time", perDay: 1 },
  medianSeconds: 100,
  spread: 0,
  driftPerDay: 0,
  deploy: null,
  ownSlowShare: 0,
  volumeLoading: 0,
  sundayFactor: 1,
};
