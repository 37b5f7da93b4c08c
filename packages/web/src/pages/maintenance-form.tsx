import { useState } from "react";
import { Button, Checkbox, Group, NativeSelect, NumberInput, TextInput } from "@mantine/core";
import { m } from "@culprit/messages";
import { usePlanMaintenance } from "../api/availability.ts";
import { usePreferences, useZone } from "../preferences.tsx";
import { MachineSelect } from "../ui/machine-select.tsx";
import { Failed } from "../ui/states.tsx";
import { dayNames, nothingPlanned, wishOfMaintenance, type MaintenanceFields } from "./maintenance-wish.ts";

export function MaintenanceForm() {
  const plan = usePlanMaintenance();
  const { language } = usePreferences();
  const zone = useZone();
  const [fields, setFields] = useState(nothingPlanned);
  const change = (some: Partial<MaintenanceFields>) => setFields((before) => ({ ...before, ...some }));
  const wish = wishOfMaintenance(fields, zone);
  return (
    <details className="schedule-form">
      <summary>{m.maintenance_add()}</summary>
      <form
        className="settings"
        onSubmit={(event) => {
          event.preventDefault();
          if (wish) plan.mutate(wish, { onSuccess: () => setFields(nothingPlanned) });
        }}
      >
        <TextInput
          label={m.maintenance_name()}
          maxLength={200}
          required
          value={fields.name}
          onChange={({ currentTarget }) => change({ name: currentTarget.value })}
        />
        <MachineSelect
          value={fields.machine}
          before={[{ value: "", label: m.maintenance_all_machines() }]}
          onChange={(machine) => change({ machine })}
        />
        <NativeSelect
          label={m.maintenance_how_often()}
          value={fields.kind}
          data={[
            { value: "once", label: m.maintenance_once() },
            { value: "weekly", label: m.maintenance_weekly() },
          ]}
          onChange={({ currentTarget }) =>
            change({ kind: currentTarget.value === "weekly" ? "weekly" : "once" })
          }
        />
        {fields.kind === "once" ? (
          <>
            <TextInput
              type="datetime-local"
              label={`${m.maintenance_from()} (${zone})`}
              required
              value={fields.from}
              onChange={({ currentTarget }) => change({ from: currentTarget.value })}
            />
            <TextInput
              type="datetime-local"
              label={`${m.maintenance_to()} (${zone})`}
              required
              value={fields.to}
              onChange={({ currentTarget }) => change({ to: currentTarget.value })}
            />
          </>
        ) : (
          <>
            <Checkbox.Group
              label={m.maintenance_days()}
              value={fields.days}
              onChange={(days) => change({ days })}
            >
              <Group gap="sm">
                {dayNames(language, "short").map((name, day) => (
                  <Checkbox key={name} value={String(day + 1)} label={name} />
                ))}
              </Group>
            </Checkbox.Group>
            <TextInput
              type="time"
              label={`${m.maintenance_start()} (${zone})`}
              required
              value={fields.start}
              onChange={({ currentTarget }) => change({ start: currentTarget.value })}
            />
            <NumberInput
              label={m.maintenance_minutes()}
              min={1}
              max={7 * 1440}
              value={fields.minutes}
              onChange={(minutes) => change({ minutes })}
            />
          </>
        )}
        <Button type="submit" variant="default" disabled={!wish} loading={plan.isPending}>
          {m.maintenance_add()}
        </Button>
        {plan.isError && <Failed error={plan.error} />}
      </form>
    </details>
  );
}
