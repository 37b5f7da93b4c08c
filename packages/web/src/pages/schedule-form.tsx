/** Sets when a process is expected on a machine, for people who may. */
import { useState } from "react";
import { Button, NativeSelect, NumberInput, TextInput } from "@mantine/core";
import type { Expectation } from "@culprit/protocol";
import { m } from "@culprit/messages";
import { useSetExpectation } from "../api/supervision.ts";
import { Failed } from "../ui/states.tsx";

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
  const [cron, setCron] = useState(start?.cron ?? "");
  const [zone, setZone] = useState(start?.timeZone ?? "");
  const [grace, setGrace] = useState<string | number>(minutes(start?.graceSeconds ?? 300));
  const [longest, setLongest] = useState<string | number>(minutes(start?.maxSeconds ?? 0) || "");
  return (
    <form
      className="settings"
      onSubmit={(event) => {
        event.preventDefault();
        set.mutate({
          process,
          machine,
          ...(cron.trim() ? { cron: cron.trim() } : {}),
          ...(zone.trim() ? { timeZone: zone.trim() } : {}),
          graceSeconds: Math.round(Number(grace) * 60),
          ...(longest === "" ? {} : { maxSeconds: Math.max(1, Math.round(Number(longest) * 60)) }),
        });
      }}
    >
      <TextInput
        label={m.schedule_expression()}
        placeholder="0 3 * * *"
        maxLength={200}
        value={cron}
        onChange={({ currentTarget }) => setCron(currentTarget.value)}
      />
      <TextInput
        label={m.time_zone()}
        maxLength={60}
        value={zone}
        onChange={({ currentTarget }) => setZone(currentTarget.value)}
      />
      <NumberInput label={m.schedule_grace()} min={0} value={grace} onChange={setGrace} />
      <NumberInput label={m.schedule_longest()} min={0} value={longest} onChange={setLongest} />
      <Button type="submit" variant="default" loading={set.isPending}>
        {m.schedule_save()}
      </Button>
      {set.isError && <Failed error={set.error} />}
    </form>
  );
}

const minutes = (seconds: number): number => Math.round(seconds / 0.6) / 100;
