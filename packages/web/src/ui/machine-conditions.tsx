/** What is wrong with a machine beside its state, and a button for what a person can see to. */
import { useState, type ReactNode } from "react";
import { Alert, Button } from "@mantine/core";
import { Link } from "@tanstack/react-router";
import { settledConditions, type Machine, type MachineCondition } from "@culprit/protocol";
import { formatTime } from "@culprit/charts";
import { m } from "@culprit/messages";
import { conditionText } from "@culprit/messages/machine-conditions";
import { useSettleCondition } from "../api/machines.ts";
import { useMayChange } from "../api/session.ts";
import { millis } from "../api/millis.ts";
import { usePreferences, useZone } from "../preferences.tsx";
import { isBadCondition } from "./bad-condition.ts";
import { clockSentence } from "./machine-clock.ts";
import { Mark } from "./outcome.tsx";
import { Section } from "./page.tsx";
import { problemText } from "./problem-text.ts";

/** Many copies of one disk are many machines with the same. */
const mostOfFleet = 5;

export function MachineConditions({ machine }: { machine: Machine }) {
  return machine.conditions?.map((condition) => (
    <Condition key={condition.code} machine={machine} condition={condition} />
  ));
}

/** Those of all machines and clocks that are off, the worst first; nothing if there are none. */
export function FleetConditions({ machines }: { machines: readonly Machine[] }) {
  const { language } = usePreferences();
  const [more, setMore] = useState(false);
  const all = machines
    .flatMap((machine): Told[] => {
      const clock = clockSentence(machine, language);
      const conditions = (machine.conditions ?? []).map((condition) => ({
        machine,
        key: condition.code,
        bad: isBadCondition(condition),
        text: <ConditionText machine={machine} condition={condition} />,
      }));
      return clock === undefined
        ? conditions
        : [...conditions, { machine, key: "clock", bad: false, text: clock }];
    })
    .toSorted(
      (a, b) =>
        Number(b.bad) - Number(a.bad) ||
        a.machine.name.localeCompare(b.machine.name, undefined, { numeric: true }),
    );
  if (all.length === 0) return null;
  return (
    <Section title={m.conditions_title()}>
      <ul className="events">
        {(more ? all : all.slice(0, mostOfFleet)).map(({ machine, key, bad, text }) => (
          <li key={`${machine.id} ${key}`}>
            <Mark look={bad ? "failed" : "slow"} text="" />
            <p>
              <Link to="/machines/$machine" params={{ machine: machine.id }}>
                {machine.name}
              </Link>
              : {text}
            </p>
          </li>
        ))}
      </ul>
      {!more && all.length > mostOfFleet && (
        <Button size="compact-xs" variant="default" onClick={() => setMore(true)}>
          {m.and_more({ count: all.length - mostOfFleet })}
        </Button>
      )}
    </Section>
  );
}

type Told = { machine: Machine; key: string; bad: boolean; text: ReactNode };

function ConditionText({ machine, condition }: { machine: Machine; condition: MachineCondition }) {
  const { language } = usePreferences();
  const zone = useZone(machine.timeZone);
  const time = (instant: string) => formatTime(millis(instant), zone, language);
  return conditionText(condition, { time, locale: language });
}

function Condition({ machine, condition }: { machine: Machine; condition: MachineCondition }) {
  const mayChange = useMayChange();
  const settle = useSettleCondition(machine.id, condition.code);
  const canSettle = mayChange && settledConditions.some((code) => code === condition.code);
  const bad = isBadCondition(condition);
  return (
    <Alert color={bad ? "red" : "yellow"} mb="sm" role={bad ? "alert" : "note"}>
      <p>
        <ConditionText machine={machine} condition={condition} />
      </p>
      {canSettle && (
        <Button
          mt="xs"
          size="xs"
          variant="default"
          loading={settle.isPending}
          onClick={() => settle.mutate()}
          title={condition.code === "duplicate-identity" ? m.condition_settle_hint() : undefined}
        >
          {condition.code === "same-computer" ? m.condition_intended() : m.condition_settle()}
        </Button>
      )}
      {settle.error && <p className="quiet small">{problemText(settle.error)}</p>}
    </Alert>
  );
}
