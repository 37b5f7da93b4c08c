/** What to move in the schedule, what a move would change, and what earlier moves gained. */
import { useMemo } from "react";
import { getRouteApi, useNavigate } from "@tanstack/react-router";
import type { Move, Schedule } from "@culprit/protocol";
import { m } from "@culprit/messages";
import { useAdvice } from "../api/schedule.ts";
import { day } from "../api/window.ts";
import { DaysChoice } from "../ui/days-choice.tsx";
import { Marked } from "../ui/marked.tsx";
import { Page, Section } from "../ui/page.tsx";
import { Answered, Empty } from "../ui/states.tsx";
import { Instant } from "../ui/time.tsx";
import { NotAnalysed } from "./culprits-empty.tsx";
import { DoneMoves } from "./done-moves.tsx";
import { Herds } from "./herds.tsx";
import { AdviceList } from "./schedule-advice.tsx";
import { WhatIf } from "./what-if.tsx";

const route = getRouteApi("/signed-in/schedule");
const noMoves: readonly Move[] = [];

export function SchedulePage() {
  const { moves = noMoves, days } = route.useSearch();
  const navigate = useNavigate({ from: "/schedule" });
  const window = useMemo(() => (days === undefined ? undefined : { lastSeconds: days * day }), [days]);
  const advice = useAdvice(window);
  const text = advice.data?.text;
  const ask = (moves: Move[]) =>
    void navigate({
      search: (before) => ({ ...before, moves: moves.length > 0 ? moves : undefined }),
      resetScroll: false,
    });
  return (
    <Page
      title={m.schedule()}
      name={m.schedule()}
      sentence={text === undefined ? advice.isError ? "" : undefined : <Marked text={text} />}
      actions={
        <DaysChoice
          days={days ?? 30}
          onChange={(days) => void navigate({ search: (before) => ({ ...before, days }), replace: true })}
        />
      }
    >
      {advice.isPlaceholderData && <output className="stale">{m.culprits_analysing()}</output>}
      <Answered query={advice} height={300}>
        {(answer) => <Advised answer={answer} onAsk={(move) => ask([...moves, move])} />}
      </Answered>
      <WhatIf moves={moves} window={window} onAsk={ask} />
      {advice.data && advice.data.fittedAt !== null && (
        <Section title={m.done_title()}>
          <DoneMoves moves={advice.data.done} />
        </Section>
      )}
      {advice.data && advice.data.herds.length > 0 && <Herds herds={advice.data.herds} />}
    </Page>
  );
}

function Advised({ answer, onAsk }: { answer: Schedule; onAsk: (move: Move) => void }) {
  const { advice, fittedAt } = answer;
  if (fittedAt === null) return <NotAnalysed progress={answer.progress} hint={m.advice_not_yet_hint()} />;
  return (
    <Section>
      {advice.length === 0 ? (
        <Empty title={m.advice_none()}>
          <p>{m.advice_none_hint()}</p>
        </Empty>
      ) : (
        <AdviceList advice={advice} onAsk={onAsk} />
      )}
      <p className="quiet small">
        {m.culprits_analysed()} <Instant at={fittedAt} />
      </p>
    </Section>
  );
}
