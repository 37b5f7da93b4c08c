/** One machine of the fleet, by its id. */
import { NativeSelect } from "@mantine/core";
import { m } from "@culprit/messages";
import { useMachines } from "../api/machines.ts";

type Choice = { value: string; label: string };

type MachineSelectProps = {
  value: string;
  onChange: (machine: string) => void;
  label?: string;
  /** What else may be chosen, named first. */
  before?: readonly Choice[];
};

const none: readonly Choice[] = [];

export function MachineSelect({ value, onChange, label = m.machine(), before = none }: MachineSelectProps) {
  const machines = useMachines();
  return (
    <NativeSelect
      label={label}
      value={value}
      data={[...before, ...(machines.data ?? []).map(({ id, name }) => ({ value: id, label: name }))]}
      onChange={({ currentTarget }) => onChange(currentTarget.value)}
    />
  );
}
