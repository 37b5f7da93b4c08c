/** One machine of the fleet, by its id. */
import { NativeSelect } from "@mantine/core";
import { isLive, type Machine } from "@culprit/protocol";
import { m } from "@culprit/messages";
import { useMachines } from "../api/machines.ts";
import { machineStateNames } from "./outcome.tsx";

type Choice = { value: string; label: string; disabled?: boolean };

type MachineSelectProps = {
  value: string;
  onChange: (machine: string) => void;
  label?: string;
  /** What else may be chosen, named first. */
  before?: readonly Choice[];
  /** For what a machine has to do now: those that can't are named with why, and can't be chosen. */
  live?: boolean;
};

const none: readonly Choice[] = [];

export function MachineSelect({
  value,
  onChange,
  label = m.machine(),
  before = none,
  live = false,
}: MachineSelectProps) {
  const machines = useMachines();
  const choice = live ? liveChoice : ({ id, name }: Machine) => ({ value: id, label: name });
  return (
    <NativeSelect
      label={label}
      value={value}
      data={[...before, ...(machines.data ?? []).map(choice)]}
      onChange={({ currentTarget }) => onChange(currentTarget.value)}
    />
  );
}

function liveChoice(machine: Machine): Choice {
  const { id, name, state } = machine;
  if (isLive(machine)) return { value: id, label: name };
  const label =
    state === "online"
      ? m.fleet_choice_no_channel({ machine: name })
      : m.fleet_choice_offline({ machine: name, state: machineStateNames[state]() });
  return { value: id, label, disabled: true };
}
