/** What is wrong with a machine beside its state, and a button for what a person can see to. */
import { Alert, Button } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { settledConditions, type Machine, type MachineCondition } from "@culprit/protocol";
import { formatTime } from "@culprit/charts";
import { m } from "@culprit/messages";
import { conditionText } from "@culprit/messages/machine-conditions";
import { useSettleCondition } from "../api/machines.ts";
import { sessionQuery } from "../api/session.ts";
import { millis } from "../api/millis.ts";
import { usePreferences, useZone } from "../preferences.tsx";
import { problemText } from "./problem-text.ts";

export function MachineConditions({ machine }: { machine: Machine }) {
  return machine.conditions?.map((condition) => (
    <Condition key={condition.code} machine={machine} condition={condition} />
  ));
}

function Condition({ machine, condition }: { machine: Machine; condition: MachineCondition }) {
  const { language } = usePreferences();
  const zone = useZone(machine.timeZone);
  const session = useQuery(sessionQuery);
  const mayChange = session.data?.role === "operator" || session.data?.role === "admin";
  const settle = useSettleCondition(machine.id, condition.code);
  const canSettle = mayChange && settledConditions.some((code) => code === condition.code);
  const isBad = condition.code === "duplicate-identity" || condition.code === "protocol-version";
  const time = (instant: string) => formatTime(millis(instant), zone, language);
  return (
    <Alert color={isBad ? "red" : "yellow"} mb="sm" role={isBad ? "alert" : "note"}>
      <p>{conditionText(condition, { time, locale: language })}</p>
      {canSettle && (
        <Button
          size="xs"
          variant="default"
          loading={settle.isPending}
          onClick={() => settle.mutate()}
          title={condition.code === "duplicate-identity" ? m.condition_settle_hint() : undefined}
        >
          {m.condition_settle()}
        </Button>
      )}
      {settle.error && <p className="quiet small">{problemText(settle.error)}</p>}
    </Alert>
  );
}
