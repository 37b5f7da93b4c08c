/** What came of moves in the schedule, and of the advice, beside what was said of them. */
import type { WorldResult } from "./judge.ts";
import { spreads, type MoveResult } from "./moves.ts";
import { proportion, quantile } from "./proportion.ts";
import { number, percent, share, type Goal, type Row } from "./rows.ts";

/**
 * A move that changes less than this part of what is at stake, less than a second a day, or less than this many of its own
 * standard errors neither gains nor costs.
 */
const tellingPart = 0.1;
const tellingErrors = 2;

const isTelling = ({ realised, chance, atStake }: MoveResult): boolean =>
  Math.abs(realised) >= Math.max(1, tellingPart * atStake, tellingErrors * chance);

export function moveRows(worlds: readonly WorldResult[], where: string): Row[] {
  const moves = worlds.flatMap((world) => world.moves);
  const telling = moves.filter(isTelling);
  const steps = worlds.flatMap(({ schedule }) => schedule?.steps ?? []);
  return [
    share(`gain or loss is said rightly, any move, ${where}`, rightly(telling), { least: 0.95 }),
    share("  where the answer is sure", rightly(moves.filter(({ low, high }) => low > 0 || high < 0))),
    errorRow("  saved seconds, median error", telling, { most: 0.2 }),
    coverRow("  95% intervals cover, of all moves", moves),
    share(`gain of a move that is advised is one, ${where}`, rightly(steps), { least: 0.95 }),
    errorRow("  saved seconds, median error", steps, { most: 0.2 }),
    coverRow("  95% intervals cover", steps),
  ];
}

const rightly = (moves: readonly MoveResult[]) =>
  proportion(moves, ({ predicted, realised }) => predicted * realised > 0);

const errorRow = (figure: string, moves: readonly MoveResult[], goal: Goal): Row =>
  number(
    figure,
    quantile(
      moves.map(({ predicted, realised }) => Math.abs(predicted / realised - 1)),
      0.5,
    ),
    moves.length,
    goal,
  );

const coverRow = (figure: string, moves: readonly MoveResult[]): Row =>
  share(
    figure,
    proportion(moves, ({ low, high, realised }) => low <= realised && realised <= high),
  );

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
