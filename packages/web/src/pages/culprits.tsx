/** Who makes the others slow, how much, how sure; and what can't be told. */
import { useMemo } from "react";
import { getRouteApi, useNavigate } from "@tanstack/react-router";
import type { Culprits } from "@culprit/protocol";
import { rankingChart, rankingHeight } from "@culprit/charts";
import { m } from "@culprit/messages";
import { useCulprits } from "../api/culprits.ts";
import { useMachines } from "../api/machines.ts";
import { day } from "../api/window.ts";
import { usePreferences } from "../preferences.tsx";
import { Chart } from "../ui/chart.tsx";
import { DaysChoice, type Days } from "../ui/days-choice.tsx";
import { Marked } from "../ui/marked.tsx";
import { Page, Section } from "../ui/page.tsx";
import { rangeText } from "../ui/range-words.ts";
import { Answered } from "../ui/states.tsx";
import { Instant } from "../ui/time.tsx";
import { CulpritDetails, detailsId } from "./culprit-details.tsx";
import { NobodyAccused, NotAnalysed } from "./culprits-empty.tsx";
import { NotEnoughList, NotSeparableList } from "./culprits-open.tsx";
import { howSure } from "./culprits-sure.ts";
import { withoutAgent } from "./without-agent.ts";

const route = getRouteApi("/signed-in/culprits");

/** In the picture; the list under it has all. */
const mostBars = 12;

export function CulpritsPage() {
  const { days = 30, open } = route.useSearch();
  const navigate = useNavigate({ from: "/culprits" });
  const culprits = useCulprits(useMemo(() => ({ lastSeconds: days * day }), [days]));
  const text = culprits.data?.text;
  return (
    <Page
      title={m.culprits()}
      name={m.culprits()}
      sentence={text === undefined ? culprits.isError ? "" : undefined : <Marked text={text} />}
      actions={
        <DaysChoice
          days={days}
          onChange={(days) => void navigate({ search: (before) => ({ ...before, days }), replace: true })}
        />
      }
    >
      {culprits.isPlaceholderData && <output className="stale">{m.culprits_analysing()}</output>}
      <Answered query={culprits} height={400}>
        {(answer) => (
          <Found
            answer={answer}
            days={days}
            open={open}
            onOpen={(open) =>
              void navigate({
                search: (before) => ({ ...before, open }),
                replace: true,
                resetScroll: false,
              })
            }
          />
        )}
      </Answered>
    </Page>
  );
}

type FoundProps = {
  answer: Culprits;
  days: Days;
  /** The process whose victims are shown. */
  open: string | undefined;
  onOpen: (process: string) => void;
};

function Found({ answer, days, open, onOpen }: FoundProps) {
  const { language } = usePreferences();
  const machines = useMachines();
  const { culprits, notSeparable, notEnough, fittedAt } = answer;
  if (fittedAt === null) return <NotAnalysed progress={answer.progress} hint={m.culprits_not_yet_hint()} />;
  const shown = open ?? culprits[0]?.processId;
  const log = culprits.some(({ basis }) => basis === "log");
  const without = withoutAgent(machines.data ?? [], language);
  return (
    <>
      {culprits.length === 0 ? (
        <NobodyAccused slowRuns={answer.slowRuns} withoutAgent={without} days={days} />
      ) : (
        <Section>
          <Ranking culprits={culprits} onOpen={onOpen} />
          <p className="quiet small">{m.culprits_at_least()}</p>
          <div className="disclosures">
            {culprits.map((culprit) => (
              <CulpritDetails
                key={culprit.processId}
                culprit={culprit}
                days={days}
                open={culprit.processId === shown}
                onToggle={(now) => {
                  if (now && culprit.processId !== shown) onOpen(culprit.processId);
                  else if (!now && culprit.processId === shown) onOpen("");
                }}
              />
            ))}
          </div>
        </Section>
      )}
      {notSeparable.length > 0 && <NotSeparableList items={notSeparable} />}
      {notEnough.length > 0 && <NotEnoughList items={notEnough} />}
      <Section title={m.culprits_how_sure()}>
        {howSure(answer, language).map((sentence) => (
          <p key={sentence}>{sentence}</p>
        ))}
        {culprits.length > 0 && (log || notSeparable.length > 0) && without !== "" && (
          <p>{m.culprits_agent_helps({ machines: without })}</p>
        )}
        <p className="quiet small">
          {m.culprits_analysed()} <Instant at={fittedAt} />
        </p>
      </Section>
    </>
  );
}

function Ranking({
  culprits,
  onOpen,
}: {
  culprits: Culprits["culprits"];
  onOpen: (process: string) => void;
}) {
  const { language } = usePreferences();
  const bars = useMemo(
    () =>
      culprits.slice(0, mostBars).map(({ process, causedSeconds, low, high }) => ({
        name: process,
        seconds: causedSeconds,
        low,
        high,
        range: rangeText({ seconds: causedSeconds, low, high }, language),
      })),
    [culprits, language],
  );
  return (
    <Chart
      heading
      title={m.culprits_ranking()}
      summary={m.culprits_ranking_summary({ count: bars.length })}
      data={bars}
      describe={rankingChart}
      timed={false}
      height={rankingHeight(bars.length)}
      csv={() => ({
        header: [m.process(), m.duration_seconds(), m.low(), m.high()],
        rows: culprits.map(({ process, causedSeconds, low, high }) => [process, causedSeconds, low, high]),
      })}
      onItem={(item) => {
        const culprit = Array.isArray(item) ? culprits[Number(item[1])] : undefined;
        if (!culprit) return;
        onOpen(culprit.processId);
        document.getElementById(detailsId(culprit.processId))?.scrollIntoView({ block: "nearest" });
      }}
    />
  );
}
