/** Chooses a span of time and a machine without a mouse. Times are of the zone that the page shows. */
import { useState } from "react";
import { Button, TextInput } from "@mantine/core";
import { zoneLabel } from "@culprit/charts";
import { m } from "@culprit/messages";
import { useMachines } from "../api/machines.ts";
import type { Span } from "../api/window.ts";
import { usePreferences, useZone } from "../preferences.tsx";
import { MachineSelect } from "../ui/machine-select.tsx";
import { useNow } from "../ui/now.ts";
import { fieldTime, timeOfField } from "./field-time.ts";

type SpanFormProps = {
  span: Span | undefined;
  machine: string | undefined;
  onAsk: (span: Span, machine: string | undefined) => void;
  /** Whether one of the machines can be chosen. */
  ofMachine?: boolean;
  ask?: string;
};

const hour = 3_600_000;

export function SpanForm({ span, machine, onAsk, ofMachine = true, ask = m.different_ask() }: SpanFormProps) {
  const zone = useZone();
  const now = useNow();
  const { language } = usePreferences();
  const machines = useMachines();
  const [typed, setTyped] = useState<{ from?: string; to?: string }>({});
  const [chosen, setChosen] = useState(machine ?? "");
  const from = typed.from ?? fieldTime(span?.from ?? now - hour, zone);
  const to = typed.to ?? fieldTime(span?.to ?? now, zone);
  const asked = { from: timeOfField(from, zone), to: timeOfField(to, zone) };
  const known = chosen === "" || machines.data?.some(({ id }) => id === chosen) === true;
  return (
    <form
      className="what-if-row span-form"
      onSubmit={(event) => {
        event.preventDefault();
        if (asked.to > asked.from) onAsk(asked, chosen || undefined);
      }}
    >
      <TextInput
        type="datetime-local"
        step={1}
        label={m.different_from()}
        value={from}
        onChange={({ currentTarget: { value } }) => setTyped((before) => ({ ...before, from: value }))}
      />
      <TextInput
        type="datetime-local"
        step={1}
        label={m.different_to()}
        value={to}
        onChange={({ currentTarget: { value } }) => setTyped((before) => ({ ...before, to: value }))}
      />
      {ofMachine && (
        <MachineSelect
          value={chosen}
          before={[
            { value: "", label: m.every_machine() },
            ...(known ? [] : [{ value: chosen, label: chosen }]),
          ]}
          onChange={setChosen}
        />
      )}
      <Button type="submit" variant="default" disabled={!(asked.to > asked.from)}>
        {ask}
      </Button>
      <span className="quiet small">{zoneLabel(asked.from || now, zone, language)}</span>
    </form>
  );
}
