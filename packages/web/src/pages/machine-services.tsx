/** Services that the machine's own file lets an operator start, stop or restart; each asks once more. */
import { useState } from "react";
import { Alert, Button, Group } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import {
  serviceSeconds,
  type Machine,
  type Service,
  type ServiceOutcome,
  type ServiceVerb,
} from "@culprit/protocol";
import { formatDuration } from "@culprit/charts";
import { m } from "@culprit/messages";
import { serviceStateNames } from "@culprit/messages/service-states";
import { sessionQuery } from "../api/session.ts";
import { useControlService, useServices } from "../api/services.ts";
import { usePreferences } from "../preferences.tsx";
import { Mark } from "../ui/outcome.tsx";
import { Section } from "../ui/page.tsx";
import { Answered, Empty, Failed, Snippet } from "../ui/states.tsx";

const example = "services: { apache2: [start, stop, restart] }";

export function MachineServices({ machine }: { machine: Machine }) {
  const services = useServices(machine.id, machine.connected);
  return (
    <Section id="services" title={m.services_title()}>
      {machine.connected ? (
        <Answered query={services} height={80}>
          {(allowed) =>
            allowed.services.length === 0 ? (
              <Empty title={m.services_none()}>
                {allowed.problem && <p>{allowed.problem}</p>}
                <p>{m.services_how()}</p>
                <Snippet text={example} />
              </Empty>
            ) : (
              <ul className="services">
                {allowed.services.map((service) => (
                  <ServiceRow key={service.unit} machine={machine} service={service} />
                ))}
              </ul>
            )
          }
        </Answered>
      ) : (
        <p className="quiet">{m.services_not_connected()}</p>
      )}
    </Section>
  );
}

const stateLooks = { running: "ok", stopped: "paused", failed: "failed", unknown: "lost" } as const;

const verbs: Record<
  ServiceVerb,
  { name: () => string; sure: (about: { unit: string; machine: string }) => string }
> = {
  start: { name: m.service_start, sure: m.service_start_sure },
  stop: { name: m.service_stop, sure: m.service_stop_sure },
  restart: { name: m.service_restart, sure: m.service_restart_sure },
};

function ServiceRow({
  machine,
  service: { unit, state, verbs: may },
}: {
  machine: Machine;
  service: Service;
}) {
  const session = useQuery(sessionQuery);
  const control = useControlService(machine.id);
  const [asked, setAsked] = useState<ServiceVerb>();
  const mayChange = session.data?.role === "operator" || session.data?.role === "admin";
  return (
    <li>
      <Group gap="sm">
        <strong>{unit}</strong>
        <Mark look={stateLooks[state]} text={serviceStateNames[state]()} />
        {mayChange &&
          may.map((verb) => (
            <Button
              key={verb}
              size="xs"
              variant={asked === verb ? "filled" : "default"}
              loading={control.isPending && control.variables.verb === verb}
              disabled={control.isPending}
              onClick={() => {
                if (asked === verb) control.mutate({ unit, verb });
                setAsked(asked === verb ? undefined : verb);
              }}
              onBlur={() => setAsked(undefined)}
            >
              {asked === verb ? verbs[verb].sure({ unit, machine: machine.name }) : verbs[verb].name()}
            </Button>
          ))}
      </Group>
      {control.isError && <Failed error={control.error} />}
      {control.data && <Outcome outcome={control.data} />}
    </li>
  );
}

function Outcome({ outcome }: { outcome: ServiceOutcome }) {
  const { unit, ok, exitCode, durationSeconds, timedOut, output } = outcome;
  const { language } = usePreferences();
  const state = serviceStateNames[outcome.state]();
  return (
    <output className="block">
      <Alert variant="light" color={ok ? "blue" : "red"} mt="xs">
        {ok
          ? m.service_done({ unit, state, seconds: formatDuration(durationSeconds, language) })
          : timedOut
            ? m.service_timed_out({
                unit,
                state,
                seconds: formatDuration(serviceSeconds.command, language),
              })
            : m.service_not_done({ unit, state, status: exitCode ?? "–" })}
        {output.trim() !== "" && <pre className="output">{output}</pre>}
      </Alert>
    </output>
  );
}
