/** Advice: each move with what it would save, opened to who gains by it. */
import { useMemo, useState } from "react";
import { Link } from "@tanstack/react-router";
import { Button } from "@mantine/core";
import type { Move, ScheduleAdvice } from "@culprit/protocol";
import { rankingChart, rankingHeight } from "@culprit/charts";
import { m } from "@culprit/messages";
import { usePreferences } from "../preferences.tsx";
import { Chart } from "../ui/chart.tsx";
import { DurationRange } from "../ui/duration-range.tsx";
import { Facts } from "../ui/facts.tsx";
import { Marked } from "../ui/marked.tsx";
import { rangeText } from "../ui/range-words.ts";
import { MovedTable } from "./moved-table.tsx";
import { shiftWords, timesOfDay } from "./shift-words.ts";

type AdviceListProps = { advice: readonly ScheduleAdvice[]; onAsk: (move: Move) => void };

const adviceKey = ({ processId, machineId }: ScheduleAdvice) => `${machineId} ${processId}`;

export function AdviceList({ advice, onAsk }: AdviceListProps) {
  const [open, setOpen] = useState(advice[0] && adviceKey(advice[0]));
  const { language } = usePreferences();
  const bars = useMemo(
    () =>
      advice.map(({ process, machine, shiftSeconds, savingSeconds, low, high }) => ({
        name: `${process} (${machine}): ${shiftWords(shiftSeconds, language)}`,
        seconds: savingSeconds,
        low,
        high,
        range: rangeText({ seconds: savingSeconds, low, high }, language),
      })),
    [advice, language],
  );
  return (
    <>
      <Chart
        heading
        title={m.advice_title()}
        summary={m.advice_summary()}
        data={bars}
        describe={rankingChart}
        timed={false}
        height={rankingHeight(bars.length)}
        csv={() => ({
          header: [m.advice_title(), m.duration_seconds(), m.low(), m.high()],
          rows: bars.map(({ name, seconds, low, high }) => [name, seconds, low, high]),
        })}
        onItem={(item) => {
          const one = Array.isArray(item) ? advice[Number(item[1])] : undefined;
          if (one) setOpen(adviceKey(one));
        }}
      />
      <p className="quiet small">{m.advice_hint()}</p>
      <div className="disclosures">
        {advice.map((one) => (
          <Advice
            key={adviceKey(one)}
            advice={one}
            open={adviceKey(one) === open}
            onToggle={(now) =>
              setOpen((before) => (now ? adviceKey(one) : before === adviceKey(one) ? undefined : before))
            }
            onAsk={onAsk}
          />
        ))}
      </div>
    </>
  );
}

type AdviceProps = {
  advice: ScheduleAdvice;
  open: boolean;
  onToggle: (open: boolean) => void;
  onAsk: (move: Move) => void;
};

function Advice({ advice, open, onToggle, onAsk }: AdviceProps) {
  const { language } = usePreferences();
  const { process, processId, machine, machineId, shiftSeconds, savingSeconds, low, high } = advice;
  return (
    <details
      className="disclosure"
      open={open}
      onToggle={({ currentTarget }) => onToggle(currentTarget.open)}
    >
      <summary>
        <strong className="disclosure-name">{process}</strong>
        <span className="quiet">{machine}</span>
        <span>{shiftWords(shiftSeconds, language)}</span>
        <span>
          <DurationRange seconds={savingSeconds} low={low} high={high} /> {m.advice_a_day()}
        </span>
      </summary>
      {open && (
        <div className="disclosure-body">
          <p>
            <Marked text={advice.text} />
          </p>
          <Facts
            facts={[
              [m.advice_starts_now(), timesOfDay(advice.startsNow)],
              [m.advice_starts_then(), timesOfDay(advice.startsThen)],
              [m.time_zone(), advice.zone],
            ]}
          />
          <MovedTable caption={m.advice_who_gains()} processes={advice.victims} />
          <p className="links">
            <Link to="/processes/$process" params={{ process: processId }}>
              {m.culprits_about_process()}
            </Link>
            <Button
              size="compact-xs"
              variant="default"
              onClick={() => onAsk({ process: processId, machine: machineId, shiftSeconds })}
            >
              {m.advice_with_others()}
            </Button>
          </p>
        </div>
      )}
    </details>
  );
}
