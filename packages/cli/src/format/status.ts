/** The state of the fleet, and of one machine, as text. */
import {
  isNeverHeard,
  type DeviatingExecution,
  type Execution,
  type LiveStatus,
  type Machine,
} from "@culprit/protocol";
import { m } from "@culprit/messages";
import type { Terminal } from "../terminal.ts";
import { paint } from "./colour.ts";
import { processAndStep } from "./executions.ts";
import { labelsText } from "./labels.ts";
import { formatLive } from "./live.ts";
import { conditionLines, conditionsOf } from "./machine-conditions.ts";
import { clocksThatAreOff, clockText } from "./machine-clock.ts";
import { machineStateText, stateEvidence, stateText } from "./machine-state.ts";
import { bytes, count, duration, localTime, share } from "./quantity.ts";
import { formatTable, printable, type Column } from "./table.ts";

export type Fleet = {
  machines: Machine[];
  /** Of the last 24 hours. */
  running: Execution[];
  failed: Execution[];
  slow: DeviatingExecution[];
};

const shown = 10;

export function formatFleet({ machines, running, failed, slow }: Fleet, terminal: Terminal): string {
  const states = new Map<string, number>();
  for (const state of machines.map(machineStateText)) states.set(state, (states.get(state) ?? 0) + 1);
  const byState = [...states].map(([state, number]) => `${count(number)} ${state}`).join(", ");
  const lines = [
    machines.length === 0
      ? m.cmd_no_machines()
      : m.cmd_status_machines({ count: count(machines.length), states: byState }),
    ...notInOrder(machines, terminal),
    ...[...clocksThatAreOff(machines), ...conditionLines(machines, terminal.timeZone)].map(
      (line) => `  ${line}`,
    ),
    ...machines.flatMap(lessOften),
    m.cmd_status_day({
      running: count(running.length),
      failed: count(failed.length),
      slow: count(slow.length),
    }),
  ];
  if (slow.length === 0) return lines.join("\n");
  const worst = slow.toSorted((a, b) => b.excessSeconds - a.excessSeconds).slice(0, shown);
  return [
    ...lines,
    "",
    paint(terminal.colours, "bold", m.cmd_status_slowest()),
    formatTable(slowColumns(terminal), worst, terminal),
    m.cmd_status_hint({ execution: printable(worst[0]!.execution.id) }),
  ].join("\n");
}

export const inOrder = (machine: Machine): boolean =>
  machine.state === "online" || machine.state === "paused" || isNeverHeard(machine);

function notInOrder(machines: readonly Machine[], { timeZone }: Terminal): string[] {
  const odd = machines.filter((machine) => !inOrder(machine));
  const named = odd.slice(0, shown).map((machine) => {
    const evidence = stateEvidence(machine, timeZone);
    const state = stateText(machine.state);
    const told = evidence === "" ? state : `${state}: ${evidence}`;
    return `  ${printable(machine.name)}: ${printable(told)}`;
  });
  return odd.length > shown ? [...named, "  …"] : named;
}

function lessOften({ name, now }: Machine): string[] {
  if (now?.lessOften === undefined) return [];
  return [`  ${printable(name)}: ${m.cmd_less_often({ factor: count(now.lessOften) })}`];
}

function slowColumns({ timeZone }: Terminal): Column<DeviatingExecution>[] {
  return [
    {
      title: m.cmd_col_start({ zone: timeZone }),
      cell: (row) => localTime(row.execution.startedAt, timeZone),
    },
    { title: m.cmd_col_process(), shrinkTo: 12, cell: (row) => processAndStep(row.execution) },
    { title: m.cmd_col_machine(), shrinkTo: 8, cell: (row) => row.execution.machine },
    { title: m.cmd_col_duration(), align: "right", cell: (row) => duration(row.execution.durationSeconds) },
    { title: m.cmd_col_usual(), align: "right", cell: (row) => duration(row.normal.medianSeconds) },
    { title: m.cmd_col_execution(), shrinkTo: 8, cell: (row) => row.execution.id },
  ];
}

/** `live`, what was asked of it just now, takes the place of its newest samples. */
export function formatMachine(machine: Machine, live: LiveStatus | undefined, terminal: Terminal): string {
  const { computer, now } = machine;
  const shares: [string, string][] = [
    [m.cmd_col_cpu(), share(now?.cpuShare)],
    [m.cmd_col_memory(), share(now?.memoryShare)],
    [m.cmd_col_disk(), share(now?.diskShare)],
    [m.cmd_col_pressure(), share(now?.pressureShare)],
  ];
  const facts: [string, string | undefined][] = [
    [m.cmd_col_state(), machineStateText(machine)],
    [m.health_evidence().toLocaleUpperCase(), stateEvidence(machine, terminal.timeZone) || undefined],
    [m.cmd_col_id(), machine.id],
    [m.cmd_col_contact({ zone: terminal.timeZone }), localTime(machine.lastContactAt, terminal.timeZone)],
    [m.cmd_machine_sample(), localTime(machine.lastSampleAt, terminal.timeZone)],
    [
      m.cmd_machine_clock(),
      machine.clockOffsetSeconds === undefined ? undefined : clockText(machine.clockOffsetSeconds),
    ],
    ...(live ? [] : shares),
    [
      m.cmd_machine_less_often(),
      now?.lessOften === undefined ? undefined : m.cmd_less_often({ factor: count(now.lessOften) }),
    ],
    [m.cmd_fleet_col_group(), machine.group],
    [m.cmd_fleet_col_labels(), labelsText(machine) || undefined],
    [m.cmd_machine_host(), computer?.hostName],
    [m.cmd_fleet_col_heard_from(), machine.address],
    [m.cmd_fleet_col_addresses(), computer?.addresses?.join(", ")],
    [m.cmd_machine_system(), computer && `${computer.os}, ${computer.kernel}, ${computer.architecture}`],
    [m.cmd_machine_processor(), computer && `${count(computer.cpuCores)} × ${computer.cpuModel}`],
    [m.cmd_machine_memory(), computer && bytes(computer.memoryBytes)],
    [m.cmd_machine_zone(), machine.timeZone],
    [m.cmd_col_agent(), computer?.agentVersion],
  ];
  const known = facts.filter((fact): fact is [string, string] => fact[1] !== undefined);
  return [
    paint(terminal.colours, "bold", printable(machine.name)),
    formatTable<[string, string]>(
      [
        { title: "", cell: ([title]) => title },
        { title: "", cell: ([, value]) => value, shrinkTo: 20 },
      ],
      known,
      terminal,
    ).trimStart(),
    ...conditionsOf(machine, terminal.timeZone).flatMap((text) => ["", text]),
    ...(live ? ["", formatLive(live, terminal)] : []),
  ].join("\n");
}
