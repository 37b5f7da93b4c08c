/** Sets when a process is expected on a machine, for people who may. */
import { useState } from "react";
import { Button, NativeSelect, NumberInput, TextInput } from "@mantine/core";
import type { Expectation } from "@culprit/protocol";
import { m } from "@culprit/messages";
import { useSetExpectation } from "../api/supervision.ts";
import { Failed } from "../ui/states.tsx";
import { fieldsOf, wishOf, type ScheduleFields } from "./schedule-wish.ts";

type ScheduleFormProps = {
  process: string;
  machines: readonly { machine: string; machineId: string }[];
  expectations: readonly Expectation[];
};

export function ScheduleForm({ process, machines, expectations }: ScheduleFormProps) {
  const [machine, setMachine] = useState("");
  const chosen = machine || machines[0]?.machineId;
  if (chosen === undefined) return null;
  const held = expectations.filter(({ machineId }) => machineId === chosen);
  const start = held.find(({ inForce }) => inForce) ?? held[0];
  return (
    <details className="schedule-form">
      <summary>{m.schedule_edit()}</summary>
      {machines.length > 1 && (
        <NativeSelect
          label={m.machine()}
          value={chosen}
          data={machines.map((one) => ({ value: one.machineId, label: one.machine }))}
          onChange={({ currentTarget }) => setMachine(currentTarget.value)}
        />
      )}
      <Fields key={`${chosen} ${start?.changedAt ?? ""}`} process={process} machine={chosen} start={start} />
    </details>
  );
}

type FieldsProps = { process: string; machine: string; start: Expectation | undefined };

function Fields({ process, machine, start }: FieldsProps) {
  const set = useSetExpectation();
  const [fields, setFields] = useState(fieldsOf(start));
  const change = (some: Partial<ScheduleFields>) => setFields((before) => ({ ...before, ...some }));
  return (
    <form
      className="settings"
      onSubmit={(event) => {
        event.preventDefault();
        set.mutate({ process, machine, ...wishOf(fields, start) });
      }}
    >
      <TextInput
        label={m.schedule_expression()}
        placeholder="0 3 * * *"
        maxLength={200}
        value={fields.cron}
        onChange={({ currentTarget }) => change({ cron: currentTarget.value })}
      />
      <TextInput
        label={m.time_zone()}
        maxLength={60}
        value={fields.zone}
        onChange={({ currentTarget }) => change({ zone: currentTarget.value })}
      />
      <NumberInput
        label={m.schedule_grace()}
        min={0}
        value={fields.grace}
        onChange={(grace) => change({ grace })}
      />
      <NumberInput
        label={m.schedule_longest()}
        min={0}
        value={fields.longest}
        onChange={(longest) => change({ longest })}
      />
      <Button type="submit" variant="default" loading={set.isPending}>
        {m.schedule_save()}
      </Button>
      {set.isError && <Failed error={set.error} />}
    </form>
  );
}
