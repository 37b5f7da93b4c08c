/** The runs beside a run, by process and machine: what is usual is known of a process, not of each of its runs. */
import type { Why } from "@culprit/protocol";

type Concurrent = Why["concurrent"][number];

export type Beside = Pick<
  Concurrent,
  "process" | "processId" | "machine" | "machineId" | "usualOverlapSeconds"
> & {
  /** Ids of the runs, longest overlap first. */
  runs: string[];
  overlapSeconds: number;
  cpuSeconds: number | null;
  ioBytes: number | null;
  blamedSeconds: number | null;
};

export function besideRun(concurrent: readonly Concurrent[]): Beside[] {
  const places = new Map<string, Concurrent[]>();
  for (const one of concurrent) {
    const place = `${one.machineId} ${one.processId}`;
    const known = places.get(place);
    if (known) known.push(one);
    else places.set(place, [one]);
  }
  return [...places.values()].map((ofPlace) => {
    const longest = ofPlace.toSorted((a, b) => b.overlapSeconds - a.overlapSeconds);
    const { process, processId, machine, machineId, processOverlapSeconds, usualOverlapSeconds } =
      longest[0]!;
    return {
      process,
      processId,
      machine,
      machineId,
      runs: longest.map(({ execution }) => execution),
      overlapSeconds: processOverlapSeconds,
      usualOverlapSeconds,
      cpuSeconds: sum(ofPlace.map(({ osUsage }) => osUsage?.cpuSeconds)),
      ioBytes: sum(ofPlace.map(({ osUsage }) => osUsage?.ioBytes)),
      blamedSeconds: sum(ofPlace.map(({ blamedSeconds }) => blamedSeconds)),
    };
  });
}

/** Null if no value is known. */
function sum(values: readonly (number | null | undefined)[]): number | null {
  const known = values.filter((value) => value !== null && value !== undefined);
  return known.length === 0 ? null : known.reduce((total, value) => total + value, 0);
}
