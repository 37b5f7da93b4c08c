/** When a process is expected to run, what became of the expected starts, and what was noticed about it. */
import { useMemo } from "react";
import { Button } from "@mantine/core";
import type { Expectation, ExpectedStart } from "@culprit/protocol";
import { formatDuration } from "@culprit/charts";
import { m } from "@culprit/messages";
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
          return (
            <>
              {meant.length === 0 && <p className="quiet">{m.schedule_unknown()}</p>}
              {meant.map((one) => (
                <Expected
                  key={one.id}
                  expectation={one}
                  days={Math.min(days, shownDays)}
                  starts={(starts.data?.items ?? []).filter(({ machineId }) => machineId === one.machineId)}
                />
              ))}
              <ScheduleForm process={process} machines={machines.filter(isMeant)} expectations={meant} />
            </>
          );
        }}
      </Answered>
      {noticed.length > 0 && <EventList events={noticed} nameless />}
    </Section>
  );
}

type ExpectedProps = { expectation: Expectation; starts: readonly ExpectedStart[]; days: number };

function Expected({ expectation, starts, days }: ExpectedProps) {
  const { language } = usePreferences();
  const set = useSetExpectation();
  const remove = useRemoveExpectation();
  const { id, processId, machineId, machine, source, cron, timeZone, everySeconds, graceSeconds } =
    expectation;
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
      {expectation.inForce && starts.length > 0 && (
        <StartMarks
          starts={starts}
          label={m.expected_starts({ span: formatDuration(days * day, language) })}
        />
      )}
      {source === "set" ? (
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
          onClick={() =>
            set.mutate({ process: processId, machine: machineId, cron, timeZone, everySeconds, graceSeconds })
          }
        >
          {m.schedule_use()}
        </Button>
      )}
      {(set.isError || remove.isError) && <Failed error={set.error ?? remove.error} />}
    </div>
  );
}
