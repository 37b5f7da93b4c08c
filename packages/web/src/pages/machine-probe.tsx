/** What the hub asks a machine when nothing is heard of it. Saved, it is tried at once. */
import { useState } from "react";
import { useQuery } from "@tanstack/react-query";
import { Button, NativeSelect, NumberInput } from "@mantine/core";
import { machineProbe, type Machine, type MachineProbe, type ProbeTrial } from "@culprit/protocol";
import { formatDuration } from "@culprit/charts";
import { m } from "@culprit/messages";
import { probeTrialText } from "@culprit/messages/probe-trial";
import { useProbe } from "../api/machines.ts";
import { sessionQuery } from "../api/session.ts";
import { usePreferences } from "../preferences.tsx";
import { Facts } from "../ui/facts.tsx";
import { Section } from "../ui/page.tsx";
import { Failed } from "../ui/states.tsx";
import { Instant } from "../ui/time.tsx";

const usualPorts = { tcp: 22, http: 80 } as const;

export function MachineProbe({ machine }: { machine: Machine }) {
  const session = useQuery(sessionQuery);
  const { probe = { kind: "ping" }, probeAnsweredAt } = machine;
  const mayChange = session.data?.role === "operator" || session.data?.role === "admin";
  return (
    <Section id="probe" title={m.probe_title()}>
      <p className="quiet">{m.probe_hint()}</p>
      <Facts
        facts={[
          [m.probe_asked(), !mayChange && probeName(probe)],
          [
            m.probe_last_answered(),
            probeAnsweredAt === undefined ? m.probe_never() : <Instant key="" at={probeAnsweredAt} />,
          ],
        ]}
      />
      {mayChange && <ProbeForm key={machine.id} id={machine.id} set={probe} />}
    </Section>
  );
}

function ProbeForm({ id, set }: { id: string; set: MachineProbe }) {
  const save = useProbe(id);
  const { language } = usePreferences();
  const [kind, setKind] = useState(set.kind);
  const [port, setPort] = useState<string | number>("port" in set ? set.port : "");
  const wish = machineProbe.safeParse(kind === "ping" ? { kind } : { kind, port: Number(port) });
  const choose = (next: MachineProbe["kind"]) => {
    setKind(next);
    const isUsual = port === "" || Object.values(usualPorts).some((usual) => usual === port);
    if (next !== "ping" && isUsual) setPort(usualPorts[next]);
  };
  return (
    <>
      <form
        className="settings"
        onSubmit={(event) => {
          event.preventDefault();
          if (wish.success) save.mutate(wish.data);
        }}
      >
        <NativeSelect
          label={m.probe_asked()}
          value={kind}
          data={machineProbe.options.map(({ shape }) => ({
            value: shape.kind.value,
            label: kindNames[shape.kind.value](),
          }))}
          onChange={({ currentTarget: { value } }) => {
            const chosen = machineProbe.options.find(({ shape }) => shape.kind.value === value);
            if (chosen) choose(chosen.shape.kind.value);
          }}
        />
        {kind !== "ping" && (
          <NumberInput
            label={m.check_port()}
            min={1}
            max={65_535}
            allowDecimal={false}
            value={port}
            onChange={setPort}
          />
        )}
        <Button type="submit" variant="default" disabled={!wish.success} loading={save.isPending}>
          {m.probe_save()}
        </Button>
      </form>
      <output>{save.data && <Tried trial={save.data} language={language} />}</output>
      {save.isError && <Failed error={save.error} />}
    </>
  );
}

function Tried({ trial, language }: { trial: ProbeTrial; language: string }) {
  return (
    <p>
      {probeTrialText(trial, (seconds) => formatDuration(seconds, language))}{" "}
      <span className="quiet small">{trial.text}</span>
    </p>
  );
}

const kindNames = { ping: m.probe_ping, tcp: m.probe_tcp, http: m.probe_http };

const probeName = (probe: MachineProbe): string =>
  "port" in probe ? `${kindNames[probe.kind]()} ${probe.port}` : kindNames[probe.kind]();
