/** The fields of the what-if form, and the moves they mean. */
import type { Move, ProcessSummary } from "@culprit/protocol";

/** A process on a machine that may be moved. `key` is made of their ids. */
export type Place = {
  key: string;
  name: string;
  process: string;
  processId: string;
  machine: string;
  machineId: string;
};

export type MoveFields = {
  /** Tells rows apart. */
  key: string;
  /** Of a place; empty while none is chosen. */
  place: string;
  /** Text while it is no number yet. */
  minutes: number | string;
};

let made = 0;

export const emptyMove = (): MoveFields => ({ key: String(made++), place: "", minutes: 60 });

/** Whole processes by name; steps move with their run, and web requests have no schedule. */
export function placesOf(summaries: readonly ProcessSummary[]): Place[] {
  return summaries
    .filter(({ step, kinds }) => step === undefined && kinds.some((kind) => kind !== "web"))
    .flatMap(({ process, processId, machines }) =>
      machines.map(({ machine, machineId }) => ({
        key: `${processId} ${machineId}`,
        name: `${process} (${machine})`,
        process,
        processId,
        machine,
        machineId,
      })),
    )
    .toSorted((a, b) => a.name.localeCompare(b.name, undefined, { numeric: true }));
}

/** A link may name process and machine, or their ids. */
export function fieldsOfMove({ process, machine, shiftSeconds }: Move, places: readonly Place[]): MoveFields {
  const place = places.find(
    (one) =>
      (one.processId === process || one.process === process) &&
      (one.machineId === machine || one.machine === machine),
  );
  return { ...emptyMove(), place: place?.key ?? "", minutes: shiftSeconds / 60 };
}

/** Rows without a process, or that move nothing, ask nothing. */
export function movesOf(rows: readonly MoveFields[]): Move[] {
  return rows.flatMap(({ place, minutes }) => {
    const [process, machine] = place.split(" ");
    const shiftSeconds = Math.round(Number(minutes) * 60);
    if (!process || !machine || minutes === "" || !Number.isFinite(shiftSeconds) || shiftSeconds === 0)
      return [];
    return [{ process, machine, shiftSeconds }];
  });
}
