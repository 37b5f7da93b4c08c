/** When a process is expected to run, what became of the expected starts, and what was noticed about it. */
import { useMemo } from "react";
import { Button } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import type { Expectation, ExpectedStarts } from "@culprit/protocol";
import { formatDuration } from "@culprit/charts";
import { m } from "@culprit/messages";
import { sessionQuery } from "../api/session.ts";
import {
  useEvents,
  useExpectations,
  useExpectedStarts,
  useRemoveExpectation,
  useSetExpectation,
} from "../api/supervision.ts";
import { day } from "../api/window.ts";
import { usePreferences } from "../preferences.tsx";
import { EventList } from "../ui/event-list.tsx";
import { Section } from "../ui/page.tsx";
import { Answered, Failed } from "../ui/states.tsx";
import { scheduleWords, sourceWords } from "../ui/supervision-words.ts";
import { Instant } from "../ui/time.tsx";
import { ScheduleForm } from "./schedule-form.tsx";
import { sameWish } from "./schedule-wish.ts";
import { StartMarks } from "./start-marks.tsx";

type ProcessScheduleProps = {
  process: string;
  machines: readonly { machine: string; machineId: string }[];
  /** Only of this one, by id or name. */
  machine: string | undefined;
  days: number;
};

const shownDays = 7;

export function ProcessSchedule({ process, machines, machine, days }: ProcessScheduleProps) {
  const session = useQuery(sessionQuery);
  const mayChange = session.data?.role === "operator" || session.data?.role === "admin";
  const expectations = useExpectations(process);
  const events = useEvents(
    useMemo(() => ({ lastSeconds: days * day }), [days]),
    process,
  );
  const starts = useExpectedStarts(
    process,
    useMemo(() => ({ lastSeconds: Math.min(days, shownDays) * day }), [days]),
  );
  const isMeant = (one: { machine: string; machineId: string }): boolean =>
    machine === undefined || one.machineId === machine || one.machine === machine;
  const noticed = (events.data ?? []).filter(isMeant);
  return (
    <Section title={m.schedule()}>
      <Answered query={expectations} height={80}>
        {(all) => {
          const meant = all.filter(isMeant);
          // A process that did not run yet is expected somewhere.
          const places = new Map(
            [...machines.filter(isMeant), ...meant].map(({ machine, machineId }) => [
              machineId,
              { machine, machineId },
            ]),
          );
          return (
            <>
              {meant.length === 0 && <p className="quiet">{m.schedule_unknown()}</p>}
              {meant.map((one) => (
                <Expected
                  key={one.id}
                  expectation={one}
                  days={Math.min(days, shownDays)}
                  starts={starts.data}
                  mayChange={mayChange}
                />
              ))}
              {mayChange && (
                <ScheduleForm process={process} machines={[...places.values()]} expectations={meant} />
              )}
            </>
          );
        }}
      </Answered>
      {noticed.length > 0 && <EventList events={noticed} nameless />}
    </Section>
  );
}

type ExpectedProps = {
  expectation: Expectation;
  /** On all machines; undefined until they are known. */
  starts: ExpectedStarts | undefined;
  days: number;
  mayChange: boolean;
};

function Expected({ expectation, starts, days, mayChange }: ExpectedProps) {
  const { language } = usePreferences();
  const set = useSetExpectation();
  const remove = useRemoveExpectation();
  const { id, processId, machineId, machine, source } = expectation;
  return (
    <div className="expected">
      <p>
        <strong className="figure">{scheduleWords(expectation, language)}</strong>{" "}
        <span className="quiet">
          {machine}, {sourceWords(expectation, language)}
        </span>
        {expectation.nextStartAt !== undefined && (
          <span className="quiet">
            {" "}
            · {m.next_start()}: <Instant at={expectation.nextStartAt} />
          </span>
        )}
      </p>
      {expectation.inForce && starts && <Starts expectation={expectation} starts={starts} days={days} />}
      {!mayChange ? null : source === "set" ? (
        <Button
          size="xs"
          variant="default"
          aria-label={m.schedule_remove_of({ machine })}
          loading={remove.isPending}
          onClick={() => remove.mutate(id)}
        >
          {m.schedule_remove()}
        </Button>
      ) : (
        <Button
          size="xs"
          variant="default"
          aria-label={m.schedule_use_of({ machine })}
          loading={set.isPending}
          onClick={() => set.mutate({ process: processId, machine: machineId, ...sameWish(expectation) })}
        >
          {m.schedule_use()}
        </Button>
      )}
      {(set.isError || remove.isError) && <Failed error={set.error ?? remove.error} />}
    </div>
  );
}

const lastDay = { lastSeconds: day };

type StartsProps = { expectation: Expectation; starts: ExpectedStarts; days: number };

/** An answer that is cut lacks the newest starts: then the last day is asked for, on this machine alone. */
function Starts({ expectation: { processId, machineId }, starts, days }: StartsProps) {
  const { language } = usePreferences();
  const own = useExpectedStarts(processId, lastDay, { machine: machineId, enabled: starts.truncated });
  const { items = [] } = (starts.truncated ? own.data : starts) ?? {};
  const shown = items.filter((one) => one.machineId === machineId);
  if (shown.length === 0) return null;
  const span = formatDuration((starts.truncated ? 1 : days) * day, language);
  return <StartMarks starts={shown} label={m.expected_starts({ span })} />;
}
