/** Machines as small multiples of their last hour; past a screenful, those that need a look. What was never heard has nothing to show. */
import { useMemo } from "react";
import { Link } from "@tanstack/react-router";
import { isNeverHeard, type Machine, type Series } from "@culprit/protocol";
import { formatShare } from "@culprit/charts";
import { m } from "@culprit/messages";
import { useSeries } from "../api/series.ts";
import { usePreferences } from "../preferences.tsx";
import { busyShare, highestShare, type Line } from "./machine-shares.ts";
import { MachineStateMark } from "./outcome.tsx";
import { Sparkline } from "./sparkline.tsx";
import { Empty } from "./states.tsx";

const mostCards = 24;
/** More than these are drawn small: twenty fit under the night on a laptop. */
const mostLargeCards = 8;
const metrics = [
  "system.cpu.utilization",
  "system.memory.utilization",
  "system.filesystem.utilization",
  "system.linux.pressure",
];
const lastHour = { lastSeconds: 3600 };

type MachineGridProps = {
  machines: readonly Machine[];
  /** Of how many machines the page tells, where these are a part of them: all are drawn alike. */
  among?: number;
};

export function MachineGrid({ machines, among = 0 }: MachineGridProps) {
  const measured = useMemo(() => machines.filter((machine) => !isNeverHeard(machine)), [machines]);
  const shown = useMemo(() => neediestFirst(measured).slice(0, mostCards), [measured]);
  const dense = Math.max(shown.length, among) > mostLargeCards;
  const ids = useMemo(() => shown.map(({ id }) => id), [shown]);
  const answer = useSeries({ machines: ids, metrics, window: lastHour, stepSeconds: 120 });
  if (machines.length === 0)
    return (
      <Empty title={m.no_machines_yet()}>
        <p>
          <Link to="/add-machine">{m.fleet_add()}</Link>
        </p>
      </Empty>
    );
  return (
    <>
      <ul className={dense ? "machine-grid dense" : "machine-grid"}>
        {shown.map((machine) => (
          <li key={machine.id}>
            <Card
              machine={machine}
              series={(answer.data?.series ?? []).filter(({ machineId }) => machineId === machine.id)}
            />
          </li>
        ))}
      </ul>
      {dense && <p className="quiet small">{m.machine_grid_order()}</p>}
      {measured.length > shown.length && (
        <p className="quiet">{m.machines_more({ count: measured.length - shown.length })}</p>
      )}
    </>
  );
}

function Card({ machine, series }: { machine: Machine; series: readonly Series[] }) {
  const of = (metric: string) => series.filter((one) => one.metric === metric);
  const { now } = machine;
  return (
    <article className="machine-card" aria-label={machine.name}>
      <div className="machine-card-head">
        <Link to="/machines/$machine" params={{ machine: machine.id }} className="machine-card-name">
          {machine.name}
        </Link>
        <MachineStateMark state={machine.state} />
      </div>
      <dl className="machine-card-shares">
        <Share name={m.cpu()} now={now?.cpuShare} line={busyShare(of(metrics[0]!))} />
        <Share name={m.memory()} now={now?.memoryShare} line={highestShare(of(metrics[1]!))} />
        <Share name={m.disk()} now={now?.diskShare} line={highestShare(of(metrics[2]!))} />
        <Share name={m.pressure()} now={now?.pressureShare} line={highestShare(of(metrics[3]!))} />
      </dl>
    </article>
  );
}

function Share({ name, now, line }: { name: string; now: number | null | undefined; line: Line }) {
  const { language } = usePreferences();
  const value = now ?? line.values.findLast((one) => one !== null);
  return (
    <div>
      <dt>{name}</dt>
      <dd>
        <Sparkline values={line.values} max={1} />
        <span className="figure">
          {value === null || value === undefined ? "–" : formatShare(value, language)}
        </span>
      </dd>
    </div>
  );
}

function neediestFirst(machines: readonly Machine[]): Machine[] {
  const rank = { down: 0, unreachable: 1, silent: 2, late: 3, online: 4, paused: 5 } as const;
  return [...machines].sort(
    (a, b) => rank[a.state] - rank[b.state] || a.name.localeCompare(b.name, undefined, { numeric: true }),
  );
}
