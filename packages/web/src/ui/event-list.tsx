/** Events of supervision, the newest first, each as a sentence. */
import { useState } from "react";
import { Link } from "@tanstack/react-router";
import { Button } from "@mantine/core";
import type { SupervisionEvent } from "@culprit/protocol";
import { m } from "@culprit/messages";
import { usePreferences } from "../preferences.tsx";
import { EventShape } from "./outcome.tsx";
import { eventWords } from "./supervision-words.ts";
import { Instant } from "./time.tsx";

type EventListProps = {
  events: readonly SupervisionEvent[];
  /** On a process's own page its name says nothing. */
  nameless?: boolean;
  atFirst?: number;
};

export function EventList({ events, nameless = false, atFirst = 8 }: EventListProps) {
  const { language } = usePreferences();
  const [most, setMost] = useState(atFirst);
  return (
    <>
      <ul className="events">
        {events.slice(0, most).map((event) => (
          <li key={event.id}>
            <EventShape kind={event.kind} open={event.endedAt === undefined} />
            <p>
              {!nameless && (
                <>
                  <Link to="/processes/$process" params={{ process: event.processId }}>
                    {event.process}
                  </Link>{" "}
                </>
              )}
              {event.executionId === undefined ? (
                eventWords(event, language)
              ) : (
                <Link
                  to="/executions/$execution"
                  params={{ execution: event.executionId }}
                  search={{ machine: event.machineId }}
                >
                  {eventWords(event, language)}
                </Link>
              )}{" "}
              <span className="quiet small">
                {event.machine}, <Instant at={event.expectedAt ?? event.at} />
                {event.endedAt === undefined && `, ${m.event_open()}`}
              </span>
            </p>
          </li>
        ))}
      </ul>
      {events.length > most && (
        <Button size="xs" variant="default" onClick={() => setMost(most + 50)}>
          {m.show_more({ count: events.length - most })}
        </Button>
      )}
    </>
  );
}
