/**
 * Days on one machine where `reindex` makes two jobs slow that run every eight hours, each time as chance will have it, while
 * `cleanup` always runs beside all of them and harms nobody. Times and lengths vary a little, the same in every run of the test.
 */
import { seededRandom } from "@culprit/analysis";
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
  const random = seededRandom(20_260_301);
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
  for (let shift = 0; shift < days * 3; shift++) {
    const start = midnight + (shift * day) / 3 + 120 * minute;
    const jitter = () => Math.round(random() * 20 * microsPerSecond);
    const beside = random() < 0.3;
    for (const [process, seconds, after] of [
      ["backup", 600, 0],
      ["report", 420, 120],
    ] as const) {
      const lost = beside ? 300 : 0;
      const at = start + after * minute;
      const id = add(process, at + jitter(), seconds * (0.97 + 0.06 * random()) + lost);
      if (process === "backup" && beside) slowed.push({ id, seconds: lost });
      // For ten minutes a job that runs beside it does half of what it does alone.
      if (beside) add("reindex", at + 2 * minute, 600 * (0.98 + 0.04 * random()));
      add("cleanup", at + minute + jitter(), 300 * (0.95 + 0.1 * random()));
    }
    add("sync", start + 240 * minute + jitter(), 60 * (0.9 + 0.2 * random()));
  }
  return { runs, slowed };
}
