/** What was different in a span of time against the same hours before it. */
import { useMemo } from "react";
import { getRouteApi, useNavigate } from "@tanstack/react-router";
import type { Differences } from "@culprit/protocol";
import { m } from "@culprit/messages";
import { useDifferences } from "../api/differences.ts";
import { useMachine } from "../api/machines.ts";
import { instantText } from "../api/millis.ts";
import { spanOf, type Span } from "../api/window.ts";
import { MachineZone } from "../preferences.tsx";
import { Marked } from "../ui/marked.tsx";
import { Page, Section } from "../ui/page.tsx";
import { Answered, Empty } from "../ui/states.tsx";
import { DifferentProcesses, DifferentSeriesTable } from "./difference-tables.tsx";
import { SpanForm } from "./span-form.tsx";

const route = getRouteApi("/signed-in/differences");

export function DifferencesPage() {
  const { from, to, machine } = route.useSearch();
  const navigate = useNavigate({ from: "/differences" });
  const span = useMemo(() => spanOf(from, to), [from, to]);
  const differences = useDifferences(span, machine);
  const text = differences.data?.text;
  return (
    <OfMachine machine={machine}>
      <Page
        title={m.different_title()}
        name={m.different_title()}
        sentence={
          span === undefined ? (
            m.different_choose()
          ) : text === undefined ? (
            differences.isError ? (
              ""
            ) : undefined
          ) : (
            <Marked text={text} />
          )
        }
      >
        <SpanForm
          key={`${from} ${to} ${machine}`}
          span={span}
          machine={machine}
          onAsk={({ from, to }, machine) =>
            void navigate({
              search: { from: instantText(from), to: instantText(to), machine },
            })
          }
        />
        {span === undefined ? (
          <Section>
            <Empty title={m.different_choose()}>
              <p>{m.different_choose_hint()}</p>
            </Empty>
          </Section>
        ) : (
          <Answered query={differences} height={400}>
            {(answer) => <Found answer={answer} span={span} />}
          </Answered>
        )}
      </Page>
    </OfMachine>
  );
}

/** Times of one machine may be shown in its zone. */
function OfMachine({ machine, children }: { machine: string | undefined; children: React.ReactNode }) {
  return machine === undefined ? children : <InZoneOf machine={machine}>{children}</InZoneOf>;
}

function InZoneOf({ machine, children }: { machine: string; children: React.ReactNode }) {
  const { data } = useMachine(machine);
  return <MachineZone value={data?.timeZone}>{children}</MachineZone>;
}

function Found({ answer, span }: { answer: Differences; span: Span }) {
  const { processes, series, before, comparedSeries, comparedProcesses } = answer;
  if (before.length === 0 || comparedSeries + comparedProcesses === 0)
    return (
      <Section>
        <Empty title={m.different_nothing_compared()} />
      </Section>
    );
  return (
    <>
      <Section title={m.different_processes()}>
        {processes.length === 0 ? (
          <Empty title={m.different_no_processes()} />
        ) : (
          <DifferentProcesses processes={processes} />
        )}
      </Section>
      <Section title={m.different_series()}>
        {series.length === 0 ? (
          <Empty title={m.different_no_series()} />
        ) : (
          <DifferentSeriesTable series={series} span={span} />
        )}
      </Section>
      <p className="quiet small page-note">
        {m.different_compared_with({ count: before.length })}{" "}
        {processes.length + series.length > 0 && m.different_score_hint()}
      </p>
    </>
  );
}
