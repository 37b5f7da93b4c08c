/** Which runs the timeline shows: by machine, process, kind and outcome. The address holds what is chosen. */
import { NativeSelect } from "@mantine/core";
import {
  executionKinds,
  executionOutcomes,
  type ExecutionKind,
  type ExecutionOutcome,
} from "@culprit/protocol";
import { m } from "@culprit/messages";
import { useMachines } from "../api/machines.ts";
import { useProcesses } from "../api/processes.ts";
import { day } from "../api/window.ts";
import { kindNames } from "../ui/kind.ts";
import { outcomeNames } from "../ui/outcome.tsx";

export type Filters = {
  machine?: string | undefined;
  process?: string | undefined;
  kind?: ExecutionKind | undefined;
  outcome?: ExecutionOutcome | undefined;
};

const catalogue = { lastSeconds: 30 * day };

export function TimelineFilters({
  chosen,
  onChoose,
}: {
  chosen: Filters;
  onChoose: (change: Filters) => void;
}) {
  const machines = useMachines();
  const processes = useProcesses(catalogue);
  const { machine, process, kind, outcome } = chosen;
  return (
    <>
      <Choice
        name={m.machine()}
        every={m.every_machine()}
        value={machine}
        options={(machines.data ?? []).map(({ id, name }) => ({ value: id, label: name }))}
        onChange={(value) => onChoose({ machine: value })}
      />
      <Choice
        name={m.process()}
        every={m.timeline_every_process()}
        value={process}
        options={(processes.data ?? [])
          .filter(({ step }) => step === undefined)
          .map(({ processId, process }) => ({ value: processId, label: process }))
          .toSorted((a, b) => a.label.localeCompare(b.label, undefined, { numeric: true }))}
        onChange={(value) => onChoose({ process: value })}
      />
      <Choice
        name={m.kind()}
        every={m.timeline_every_kind()}
        value={kind}
        options={executionKinds.map((one) => ({ value: one, label: kindNames[one]() }))}
        onChange={(value) => onChoose({ kind: executionKinds.find((one) => one === value) })}
      />
      <Choice
        name={m.outcome()}
        every={m.timeline_every_outcome()}
        value={outcome}
        options={executionOutcomes.map((one) => ({ value: one, label: outcomeNames[one]() }))}
        onChange={(value) => onChoose({ outcome: executionOutcomes.find((one) => one === value) })}
      />
    </>
  );
}

type ChoiceProps = {
  name: string;
  every: string;
  value: string | undefined;
  options: { value: string; label: string }[];
  onChange: (value: string | undefined) => void;
};

function Choice({ name, every, value, options, onChange }: ChoiceProps) {
  // A link may name what the list does not hold, a process by its name for example: it is shown as it is.
  const known = value === undefined || options.some((option) => option.value === value);
  return (
    <NativeSelect
      size="xs"
      aria-label={name}
      value={value ?? ""}
      data={[{ value: "", label: every }, ...(known ? [] : [{ value, label: value }]), ...options]}
      onChange={({ currentTarget }) => onChange(currentTarget.value || undefined)}
    />
  );
}
