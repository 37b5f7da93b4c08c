/** Planned maintenance: what is planned, and a form for who may plan. */
import { Button } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import type { Maintenance } from "@culprit/protocol";
import { formatDuration, formatTime } from "@culprit/charts";
import { m } from "@culprit/messages";
import { useMaintenance, useRemoveMaintenance } from "../api/availability.ts";
import { millis } from "../api/millis.ts";
import { sessionQuery } from "../api/session.ts";
import { usePreferences, useZone } from "../preferences.tsx";
import { Mark } from "../ui/outcome.tsx";
import { Section } from "../ui/page.tsx";
import { Answered, Empty, Failed } from "../ui/states.tsx";
import { MaintenanceForm } from "./maintenance-form.tsx";
import { dayNames } from "./maintenance-wish.ts";

export function MaintenanceSection() {
  const planned = useMaintenance();
  const session = useQuery(sessionQuery);
  const mayPlan = session.data?.role === "operator" || session.data?.role === "admin";
  return (
    <Section title={m.maintenance_title()}>
      <Answered query={planned} height={80}>
        {(items) => {
          const inForce = items.filter(({ endedAt }) => endedAt === undefined);
          return inForce.length === 0 ? (
            <Empty title={m.maintenance_none()} />
          ) : (
            <ul className="services">
              {inForce.map((one) => (
                <Planned key={one.id} maintenance={one} mayPlan={mayPlan} />
              ))}
            </ul>
          );
        }}
      </Answered>
      {mayPlan && <MaintenanceForm />}
    </Section>
  );
}

function Planned({ maintenance, mayPlan }: { maintenance: Maintenance; mayPlan: boolean }) {
  const remove = useRemoveMaintenance();
  const when = useWhen(maintenance);
  const { id, name, machine, now } = maintenance;
  return (
    <li>
      <strong>{name}</strong> · {machine ?? m.maintenance_all_machines()} · {when}{" "}
      {now && <Mark look="paused" text={m.maintenance_now()} />}{" "}
      {mayPlan && (
        <Button
          size="compact-xs"
          variant="default"
          loading={remove.isPending}
          onClick={() => remove.mutate(id)}
        >
          {m.maintenance_remove()}
        </Button>
      )}
      {remove.isError && <Failed error={remove.error} />}
    </li>
  );
}

function useWhen({ schedule }: Maintenance): string {
  const { language } = usePreferences();
  const zone = useZone();
  const time = (instant: string) => formatTime(millis(instant), zone, language);
  if (schedule.kind === "once")
    return m.maintenance_when_once({ from: time(schedule.from), to: time(schedule.to) });
  const names = dayNames(language, "short");
  return m.maintenance_when_weekly({
    days: new Intl.ListFormat(language).format(schedule.days.map((day) => names[day - 1]!)),
    start: schedule.start,
    length: formatDuration(schedule.minutes * 60, language),
    zone: schedule.timeZone,
  });
}
