/** What one sweep leaves for the next, also on another hub and after a restart. */
import type { Micros } from "@culprit/protocol";
import { z } from "zod";
import type { SupervisionEventStore } from "../store/store.ts";

const instant = z.number().int();

const mark = z.object({
  sweptAt: instant,
  /** When no hub was there to hear callers without an agent; the newest. */
  deaf: z.array(z.tuple([instant, instant])),
  /** Machines that are or were silent: what they may still deliver is judged from here on. */
  behind: z.array(z.tuple([z.number().int(), instant])),
});

export type SweepMark = {
  sweptAt: Micros;
  deaf: [Micros, Micros][];
  behind: Map<number, Micros>;
};

const deafKept = 200;

/** Null before the first sweep, and if what is there can't be read. */
export async function readMark(events: SupervisionEventStore): Promise<SweepMark | null> {
  const text = await events.mark();
  if (text === null) return null;
  const read = mark.safeParse(JSON.parse(text));
  return read.success ? { ...read.data, behind: new Map(read.data.behind) } : null;
}

export async function writeMark(events: SupervisionEventStore, { sweptAt, deaf, behind }: SweepMark) {
  await events.setMark(JSON.stringify({ sweptAt, deaf: deaf.slice(-deafKept), behind: [...behind] }));
}

/** Whether [from, to] touches a time in which nobody heard. */
export function wasDeaf({ deaf }: Pick<SweepMark, "deaf">, from: Micros, to: Micros): boolean {
  return deaf.some(([begin, end]) => begin <= to && end >= from);
}
