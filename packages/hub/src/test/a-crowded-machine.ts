/**
 * A month on one machine where `reindex` makes two others slow on some nights, chosen by chance, while `cleanup` runs beside
 * all of them every night and harms nobody. Times and lengths vary a little, the same in every run of the test.
 */
import { formatInstant, microsPerSecond, type ExecutionInput, type Micros } from "@culprit/protocol";

export const day = 86_400 * microsPerSecond;
const minute = 60 * microsPerSecond;

export type Crowded = {
  runs: ExecutionInput[];
  /** Ids of the runs of `backup` that `reindex` slowed down, oldest first, and by how many seconds. */
  slowed: { id: string; seconds: number }[];
};

type Wish = { machine: string; days: number; until: Micros; more?: Partial<ExecutionInput> };

export function aCrowdedMachine({ machine, days, until, more = {} }: Wish): Crowded {
  const random = chance(20_260_301);
  const midnight = Math.floor(until / day) * day - days * day;
  const runs: ExecutionInput[] = [];
  const slowed: Crowded["slowed"] = [];
  const add = (process: string, at: Micros, seconds: number): string => {
    const id = `${process}-${runs.length}`;
    const endedAt = formatInstant(at + Math.round(seconds * microsPerSecond));
    runs.push({
      id,
      machine,
      process,
      kind: "cron",
      startedAt: formatInstant(at),
      endedAt,
      outcome: "ok",
      ...more,
    });
    return id;
  };
  for (let night = 0; night < days; night++) {
    const start = midnight + night * day + 120 * minute;
    const beside = random() < 0.4;
    const jitter = () => Math.round(random() * 20 * microsPerSecond);
    // While the other runs, each of the two does half of what it does alone.
    for (const [process, seconds, after] of [
      ["backup", 600, 0],
      ["report", 420, 60],
    ] as const) {
      const alone = seconds * (0.97 + 0.06 * random());
      const lost = beside ? 300 : 0;
      const id = add(process, start + after * 2 * minute + jitter(), alone + lost);
      if (process === "backup" && beside) slowed.push({ id, seconds: lost });
      if (beside) add("reindex", start + after * 2 * minute + 2 * minute, 600 * (0.98 + 0.04 * random()));
      add("cleanup", start + after * 2 * minute + minute + jitter(), 300 * (0.95 + 0.1 * random()));
    }
    for (let hour = 8; hour < 20; hour++)
      add("sync", midnight + night * day + hour * 60 * minute + jitter(), 60 * (0.9 + 0.2 * random()));
  }
  return { runs, slowed };
}

/** Mulberry32: numbers in [0, 1), always the same. */
function chance(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}
