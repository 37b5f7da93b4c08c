/** A place is one resource of one machine. Who asks for it, and by how much: the demand model's first half. */
import { plainMeter, type Meter } from "./background.ts";
import { demandFromLoad } from "./demand-from-load.ts";
import { resources, type Evidence, type Resource } from "../evidence.ts";
import { loadRows } from "./load-rows.ts";
import { measuredDemand, trustInMeter, type GroupDemand } from "./measured-demand.ts";
import type { SoundRuns } from "../sound-runs.ts";

export type Place = {
  machine: number;
  resource: Resource;
  /** Ascending. */
  groups: Int32Array;
  /** In units of the capacity, with its standard deviation. */
  demand: Float64Array;
  error: Float64Array;
  /** 1: it may need the resource, however little it asks for. */
  needs: Uint8Array;
  meter: Meter;
  /** What runs of the group were seen to ask for, in the middle; NaN where nobody measured them. */
  seen: Float64Array;
  /** How much of a run's difference from that is its own, 0..1. */
  trust: number;
};

/** A run that was seen to ask for so many times more or less is the meter's error. */
const mostSwing = 2;

/** What one run asks for there; `measured`: what it was seen to ask for, NaN if it was not. */
export function demandOf({ demand, seen, trust }: Place, position: number, measured: number): number {
  const usual = demand[position]!;
  if (!(measured > 0 && seen[position]! > 0)) return usual;
  const swing = (measured / seen[position]!) ** trust;
  return usual * Math.min(mostSwing, Math.max(1 / mostSwing, swing));
}

/** What is measured below is a process that sleeps, or one whose meter rounds. A few small writes can wait long. */
const leastNeed = 0.0005;
/** What asks for less hardly needs it, if its own runs do not show that it waits. */
const slightNeed: Record<Resource, number> = { cpu: 0.005, io: 0 };

/** Whether a group asks for so little that it must show by itself that it suffers there. */
export function isSlight({ resource, seen }: Place, position: number): boolean {
  return seen[position]! < slightNeed[resource];
}

/** What a group that nobody measured may ask for. */
const unknownDemand = 0.3;
const leastRemoteDemand = 0.01;
/** More suspects than that on one machine are not solved for together; the busiest are. */
const mostColumns = 250;

/** Machines with the same number can touch each other. */
export function shareOf(evidence: Evidence, machine: number): number {
  return evidence.sharedBy?.[machine] ?? machine;
}

/** All places where somebody asks for something. `runs` by what their machines share. */
export function findPlaces(evidence: Evidence, runs: ReadonlyMap<number, SoundRuns>): Place[] {
  const { groups, demands, machines } = evidence;
  return Array.from({ length: machines }, (_, machine) => machine).flatMap((machine) => {
    const share = shareOf(evidence, machine);
    const own = runs.get(share);
    if (!own) return [];
    const near = Array.from(groups.machine.keys()).filter(
      (group) => shareOf(evidence, groups.machine[group]!) === share,
    );
    const measured = {
      cpu: measuredDemand(own, groups.machine.length, demands, "cpu"),
      io: measuredDemand(own, groups.machine.length, demands, "io"),
    };
    return placesOf(evidence, own, machine, near, measured);
  });
}

function placesOf(
  evidence: Evidence,
  runs: SoundRuns,
  machine: number,
  near: readonly number[],
  measured: Record<Resource, GroupDemand>,
): Place[] {
  const busy = new Float64Array(evidence.groups.machine.length);
  for (let i = 0; i < runs.start.length; i++) busy[runs.group[i]!]! += runs.end[i]! - runs.start[i]!;
  const samples = evidence.samples[machine] ?? null;
  const isLocal = (group: number) => evidence.groups.machine[group] === machine;
  const suspects = near.filter((group) => samples !== null || isLocal(group));
  const columns = suspects.toSorted((a, b) => busy[b]! - busy[a]!).slice(0, mostColumns);
  const columnOf = new Int32Array(busy.length).fill(-1);
  for (const [column, group] of columns.entries()) columnOf[group] = column;
  const rows = samples && loadRows(samples, runs, columnOf);
  return resources.flatMap((resource) => {
    const known = (group: number) => isLocal(group) && measured[resource].demand[group]! >= 0;
    const prior = {
      demand: Float64Array.from(columns, (group) => (known(group) ? measured[resource].demand[group]! : 0)),
      error: Float64Array.from(columns, (group) =>
        known(group) ? Math.max(measured[resource].error[group]!, 0.002) : unknownDemand,
      ),
    };
    const found = rows ? demandFromLoad(rows, rows.load[resource], prior) : prior;
    const asking = suspects.flatMap((group) => {
      const column = columnOf[group]!;
      const demand =
        column >= 0 ? found.demand[column]! : known(group) ? measured[resource].demand[group]! : 0;
      const error = column >= 0 ? found.error[column]! : unknownDemand;
      if (isLocal(group)) {
        const needs = !known(group) || measured[resource].demand[group]! >= leastNeed;
        const sure = known(group) || demand > 2 * error;
        return needs || demand > 0 ? [{ group, demand: sure ? demand : 0, error, needs }] : [];
      }
      return demand > Math.max(leastRemoteDemand, 2 * error) ? [{ group, demand, error, needs: true }] : [];
    });
    if (asking.length === 0) return [];
    asking.sort((a, b) => a.group - b.group);
    return [
      {
        machine,
        resource,
        groups: Int32Array.from(asking, ({ group }) => group),
        demand: Float64Array.from(asking, ({ demand }) => demand),
        error: Float64Array.from(asking, ({ error }) => error),
        needs: Uint8Array.from(asking, ({ needs }) => (needs ? 1 : 0)),
        meter: plainMeter,
        seen: Float64Array.from(asking, ({ group }) =>
          isLocal(group) ? measured[resource].demand[group]! : NaN,
        ),
        trust: trustInMeter(measured[resource], runs, evidence.demands, evidence.work, resource),
      },
    ];
  });
}
