/** A figure beside its goal. */
import { upperBound, type Proportion } from "./proportion.ts";

export type Row = {
  figure: string;
  goal: string;
  value: string;
  of: number;
  /** Upper 95% bound of what should be rare. */
  bound?: string;
  /** Null: no goal, or nothing to judge by. */
  met: boolean | null;
};

export type Goal = { least?: number; most?: number };

export function share(figure: string, value: Proportion, goal: Goal = {}, small = false): Row {
  const { count, of } = value;
  const rate = count / of;
  return {
    figure,
    goal: goalText(goal, percent),
    value: of === 0 ? "-" : percent(rate),
    of,
    ...(small && of > 0 ? { bound: percent(upperBound(value)) } : {}),
    met: judged(rate, of, goal),
  };
}

export function number(figure: string, value: number, of: number, goal: Goal = {}, digits = 3): Row {
  const text = (each: number) => each.toFixed(digits);
  return {
    figure,
    goal: goalText(goal, text),
    value: of === 0 ? "-" : text(value),
    of,
    met: judged(value, of, goal),
  };
}

export const percent = (rate: number): string => `${(rate * 100).toFixed(1)}%`;

function goalText({ least, most }: Goal, text: (value: number) => string): string {
  if (least !== undefined && most !== undefined) return `${text(least)} - ${text(most)}`;
  if (least !== undefined) return `>= ${text(least)}`;
  return most === undefined ? "" : `<= ${text(most)}`;
}

function judged(value: number, of: number, { least, most }: Goal): boolean | null {
  if (of === 0 || (least === undefined && most === undefined)) return null;
  return value >= (least ?? -Infinity) && value <= (most ?? Infinity);
}
