import { hostname } from "node:os";
import { readdir, stat } from "node:fs/promises";
import { join } from "node:path";
import { list, machine as machineSchema, type Machine } from "@culprit/protocol";
import { m } from "@culprit/messages";
import { clientOf } from "../connection.ts";
import { tolerableClockSeconds } from "../format/machine-clock.ts";
import { conditionLines } from "../format/machine-conditions.ts";
import { stateText } from "../format/machine-state.ts";
import { bytes, count, duration, localTime } from "../format/quantity.ts";
import { ok, type Check, type Finding } from "./finding.ts";
import type { Surroundings } from "./surroundings.ts";

const backlogBytes = 32 * 1024 * 1024;

/** Whether this computer is watched: enrolled, in contact, and without a heap of unsent data. */
export const agent: Check = {
  name: "agent",
  async look(surroundings) {
    return [...(await contactFindings(surroundings)), ...(await backlogFindings(surroundings.agentDir))];
  },
};

async function contactFindings({ connection, probe, terminal }: Surroundings): Promise<Finding[]> {
  if (probe.kind !== "hub" || !probe.identity || probe.identity.role === "machine") return [];
  const { items } = await clientOf(connection).get("/machines", list(machineSchema));
  const host = hostname();
  const own = items.find(({ name, computer }) => computer?.hostName === host || name === host);
  const clocks = items.flatMap((each) => [
    ...conditionFindings(each, terminal.timeZone),
    ...clockFindings(each),
    ...overloadFindings(each),
  ]);
  if (own) return [...stateFindings(own, terminal.timeZone), ...clocks];
  return [
    ...clocks,
    {
      level: "warning",
      text: m.doctor_agent_none({ host }),
      meaning: m.doctor_agent_none_meaning(),
      fix: m.doctor_agent_none_fix(),
    },
  ];
}

function stateFindings({ name, state, lastContactAt }: Machine, timeZone: string): Finding[] {
  const facts = { machine: name, state: stateText(state), contact: localTime(lastContactAt, timeZone) };
  if (state === "online" || state === "paused") return [ok(m.doctor_agent_ok(facts))];
  return [
    {
      level: "problem",
      text: m.doctor_agent_bad(facts),
      meaning: m.doctor_agent_none_meaning(),
      fix: m.doctor_agent_bad_fix(),
    },
  ];
}

/** What each says of its cause and cure is one text. */
function conditionFindings(machine: Machine, timeZone: string): Finding[] {
  return (machine.conditions ?? []).map((condition) => ({
    level:
      condition.code === "duplicate-identity" || condition.code === "protocol-version"
        ? "problem"
        : "warning",
    text: conditionLines([{ ...machine, conditions: [condition] }], timeZone).join(""),
  }));
}

/** Of any machine of the hub: who looks for the cause of doubtful times may sit at another one. */
function clockFindings({ name, clockOffsetSeconds = 0 }: Machine): Finding[] {
  const off = Math.abs(clockOffsetSeconds);
  if (off <= tolerableClockSeconds) return [];
  return [
    {
      level: "warning",
      text: m.doctor_agent_clock({ machine: name, amount: duration(off) }),
      meaning: m.doctor_clock_meaning(),
      fix: m.doctor_clock_fix(),
    },
  ];
}

/** What happens between two looks of an overloaded machine is told less exactly. */
function overloadFindings({ name, now }: Machine): Finding[] {
  if (now?.lessOften === undefined) return [];
  return [
    {
      level: "warning",
      text: m.doctor_agent_less_often({ machine: name, factor: count(now.lessOften) }),
      meaning: m.doctor_agent_less_often_meaning(),
      fix: m.doctor_agent_less_often_fix(),
    },
  ];
}

async function backlogFindings(agentDir: string): Promise<Finding[]> {
  const folder = join(agentDir, "spool");
  const size = await sizeOf(folder);
  if (size <= backlogBytes) return [];
  return [
    {
      level: "warning",
      text: m.doctor_agent_backlog({ size: bytes(size), folder }),
      meaning: m.doctor_agent_backlog_meaning(),
      fix: m.doctor_agent_backlog_fix(),
    },
  ];
}

async function sizeOf(folder: string): Promise<number> {
  const names = await readdir(folder, { recursive: true }).catch(() => []);
  const found = await Promise.all(names.map((name) => stat(join(folder, name)).catch(() => null)));
  return found.reduce((sum, each) => sum + (each?.isFile() ? each.size : 0), 0);
}
