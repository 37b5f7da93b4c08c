/** What was seen of one machine while it was watched: its last look, and figures of the last minutes with averages. */
import {
  figuresOf,
  liveFigures,
  type LiveFigure,
  type LiveFigures,
  type LiveStatus,
} from "@culprit/protocol";

const keptSeconds = 300;
/** Looks come once a second at most. */
const mostKept = 400;

type Kept = { seconds: number; figures: LiveFigures };
type Total = { sum: number; count: number };

export class Watched {
  readonly name: string;
  status: LiveStatus | null = null;
  /** Why the last look failed; null when it did not. */
  trouble: string | null = null;
  readonly #kept: Kept[] = [];
  readonly #totals = new Map<LiveFigure, Total>();

  constructor(name: string) {
    this.name = name;
  }

  /** `seconds` on a clock that never goes back. The same look twice counts once. */
  add(status: LiveStatus, seconds: number): void {
    this.trouble = null;
    if (status.at === this.status?.at) return;
    this.status = status;
    const figures = figuresOf(status);
    this.#kept.push({ seconds, figures });
    while (this.#kept.length > mostKept || this.#kept[0]!.seconds < seconds - keptSeconds) this.#kept.shift();
    for (const figure of liveFigures) {
      const value = figures[figure];
      if (value === null) continue;
      const total = this.#totals.get(figure) ?? { sum: 0, count: 0 };
      this.#totals.set(figure, { sum: total.sum + value, count: total.count + 1 });
    }
  }

  fail(reason: string): void {
    this.trouble = reason;
  }

  /** The newest last. */
  values(figure: LiveFigure, most: number): (number | null)[] {
    return this.#kept.slice(-most).map(({ figures }) => figures[figure]);
  }

  /** Of the looks of the last so many seconds before the newest, or of all since the start; null without any. */
  average(figure: LiveFigure, lastSeconds: number | "all"): number | null {
    if (lastSeconds === "all") {
      const total = this.#totals.get(figure);
      return total ? total.sum / total.count : null;
    }
    const newest = this.#kept.at(-1)?.seconds ?? 0;
    let [sum, count] = [0, 0];
    for (const { seconds, figures } of this.#kept) {
      const value = figures[figure];
      if (value === null || seconds <= newest - lastSeconds) continue;
      sum += value;
      count++;
    }
    return count > 0 ? sum / count : null;
  }
}
