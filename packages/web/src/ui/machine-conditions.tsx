/** What is wrong with a machine beside its state, and a button for what a person can see to. */
import { useState, type ReactNode } from "react";
import { Alert, Button } from "@mantine/core";
import { IconAlertTriangle } from "@tabler/icons-react";
import { Link } from "@tanstack/react-router";
import { isNeverHeard, settledConditions, type Machine, type MachineCondition } from "@culprit/protocol";
import { formatTime } from "@culprit/charts";
import { m } from "@culprit/messages";
import { conditionText } from "@culprit/messages/machine-conditions";
import { useSettleCondition } from "../api/machines.ts";
import { useMayChange } from "../api/session.ts";
import { millis } from "../api/millis.ts";
import { usePreferences, useZone } from "../preferences.tsx";
import { isBadCondition } from "./bad-condition.ts";
import { clockSentence } from "./machine-clock.ts";
import { MachineStateMark, Mark } from "./outcome.tsx";
import { Section } from "./page.tsx";
import { problemText } from "./problem-text.ts";
import { useEvidenceText } from "./state-evidence.tsx";

/** Where a network is cut, many are away. */
const mostOfFleet = 6;

export function MachineConditions({ machine }: { machine: Machine }) {
  return machine.conditions?.map((condition) => (
    <Condition key={condition.code} machine={machine} condition={condition} />
  ));
}

/** Why machines need a look: how it is known that they are away, what is wrong with them, clocks that are off. Nothing if none does. */
export function FleetConditions({ machines }: { machines: readonly Machine[] }) {
  const { language } = usePreferences();
  const [more, setMore] = useState(false);
  const all = machines
    .flatMap((machine) => toldOf(machine, language))
    .toSorted(
      (a, b) =>
        Number(b.bad) - Number(a.bad) ||
        a.machine.name.localeCompare(b.machine.name, undefined, { numeric: true }),
    );
  if (all.length === 0) return null;
  return (
    <Section title={m.conditions_title()}>
      <ul className="events">
        {(more ? all : all.slice(0, mostOfFleet)).map(({ machine, key, bad, mark, text }) => (
          <li key={`${machine.id} ${key}`}>
            {mark ?? <Mark look={bad ? "failed" : "slow"} text="" />}
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

type Told = { machine: Machine; key: string; bad: boolean; mark?: ReactNode; text: ReactNode };

function toldOf(machine: Machine, language: string): Told[] {
  const { state, conditions = [] } = machine;
  const clock = clockSentence(machine, language);
  const isAway = state !== "online" && state !== "paused" && !isNeverHeard(machine);
  return [
    ...(isAway
      ? [
          {
            machine,
            key: "state",
            mark: <MachineStateMark state={state} />,
            bad: state !== "late",
            text: <EvidenceOf machine={machine} />,
          },
        ]
      : []),
    ...conditions.map((condition) => ({
      machine,
      key: condition.code,
      bad: isBadCondition(condition),
      text: <ConditionText machine={machine} condition={condition} />,
    })),
    ...(clock === undefined ? [] : [{ machine, key: "clock", bad: false, text: clock }]),
  ];
}

function EvidenceOf({ machine }: { machine: Machine }) {
  return useEvidenceText(machine.timeZone)(machine.evidence ?? []);
}

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
    <Alert
      color={bad ? "red" : "yellow"}
      mb="sm"
      role={bad ? "alert" : "note"}
      icon={<IconAlertTriangle aria-hidden />}
    >
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
