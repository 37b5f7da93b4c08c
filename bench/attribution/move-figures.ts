/** What came of moves in the schedule, and of the advice, beside what was said of them. */
import type { WorldResult } from "./judge.ts";
import { spreads } from "./moves.ts";
import { proportion, quantile } from "./proportion.ts";
import { number, percent, share, type Row } from "./rows.ts";

/** A move that changes less than this part of what is at stake, or of a second a day, neither gains nor costs. */
const tellingPart = 0.1;

export function moveRows(worlds: readonly WorldResult[], where: string): Row[] {
  const moves = worlds.flatMap((world) => world.moves);
  const telling = moves.filter(
    ({ realised, atStake }) => Math.abs(realised) >= Math.max(1, tellingPart * atStake),
  );
  return [
    share(
      `gain or loss is said rightly, ${where}`,
      proportion(telling, ({ predicted, realised }) => predicted * realised > 0),
      { least: 0.95 },
    ),
    number(
      "  saved seconds, median error",
      quantile(
        telling.map(({ predicted, realised }) => Math.abs(predicted / realised - 1)),
        0.5,
      ),
      telling.length,
      { most: 0.2 },
    ),
    share(
      "  95% intervals cover, of all moves",
      proportion(moves, ({ low, high, realised }) => low <= realised && realised <= high),
    ),
  ];
}

/** Of all seconds that are lost to others the part that each way saves. */
export function scheduleRows(worlds: readonly WorldResult[], where: string): Row[] {
  const schedules = worlds.flatMap(({ schedule }) => schedule ?? []);
  const lost = schedules.reduce((sum, schedule) => sum + schedule.lost, 0);
  const part = (figure: string, of: (schedule: (typeof schedules)[number]) => number): Row => {
    const saved = schedules.reduce((sum, schedule) => sum + of(schedule), 0);
    return {
      figure,
      goal: "",
      value: lost > 0 ? percent(saved / lost) : "-",
      of: schedules.length,
      met: null,
    };
  };
  const regrets = schedules.flatMap(({ regret }) => regret ?? []);
  return [
    part(`saved of all that is lost, advice, ${where}`, ({ advice }) => advice),
    part("  as it was predicted", ({ predicted }) => predicted),
    ...spreads.map((name) => part(`  ${name}`, (schedule) => schedule.spreads[name])),
    number("  missed of the best hourly shift, mean", meanOf(regrets), regrets.length),
  ];
}

const meanOf = (values: readonly number[]): number =>
  values.reduce((sum, value) => sum + value, 0) / values.length;
