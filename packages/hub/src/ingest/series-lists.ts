/**
 * Most of a batch's bytes say what its series are, and an agent says so in every batch alike: a list whose ids are known is
 * found by its text, and neither read nor checked again.
 */
import { randomText } from "@culprit/protocol";

/** `rest`: the line with a stand-in for the list. */
type Cut = { list: Buffer; rest: Buffer };

const opening = ',"series":[';
const closing = '],"points":{';
/** Nobody else knows it: where it is read as the batch's series, the list stood there and nowhere else. */
const standIn = randomText(22);
/** 8 bytes each; past these the map begins anew. What a list takes besides counts as so many. */
const idsHeld = 1_000_000;
const idsPerList = 20;

/** The list as agents write it, between other parts; null where there is none. Whether it is the batch's own `standsIn` tells. */
export function cutSeriesList(line: Buffer): Cut | null {
  const from = line.indexOf(opening);
  const to = from === -1 ? -1 : line.indexOf(closing, from);
  if (to === -1) return null;
  const [begin, end] = [from + opening.length - 1, to + 1];
  const rest = Buffer.concat([line.subarray(0, begin), Buffer.from(`["${standIn}"]`), line.subarray(end)]);
  return { list: line.subarray(begin, end), rest };
}

export function standsIn(batch: unknown): batch is { series: [string] } {
  const series = typeof batch === "object" && batch !== null && "series" in batch ? batch.series : null;
  return Array.isArray(series) && series.length === 1 && series[0] === standIn;
}

export class SeriesLists {
  readonly #ids = new Map<string, readonly number[]>();
  #held = 0;

  /** Ids in the order of the list; undefined if it was not met before, or not all of it has ids. */
  idsOf(machineId: number, digest: string): readonly number[] | undefined {
    return this.#ids.get(`${machineId} ${digest}`);
  }

  learn(machineId: number, digest: string, ids: readonly number[]): void {
    const held = idsPerList + ids.length;
    if (this.#held + held > idsHeld) {
      this.#ids.clear();
      this.#held = 0;
    }
    this.#ids.set(`${machineId} ${digest}`, ids);
    this.#held += held;
  }
}
