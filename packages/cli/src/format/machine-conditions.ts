/** What is wrong with machines beside their state, in words. */
import { m } from "@culprit/messages";
import { conditionText } from "@culprit/messages/machine-conditions";
import { getLocale } from "@culprit/messages/runtime";
import type { Machine } from "@culprit/protocol";
import { localTime } from "./quantity.ts";
import { printable } from "./table.ts";

export function conditionsOf({ conditions = [] }: Pick<Machine, "conditions">, timeZone: string): string[] {
  const time = (instant: string) => localTime(instant, timeZone);
  return conditions.map((one) => printable(conditionText(one, { time, locale: getLocale() })));
}

/** A line for each of each machine. */
export function conditionLines(machines: readonly Machine[], timeZone: string): string[] {
  return machines.flatMap((machine) =>
    conditionsOf(machine, timeZone).map((text) =>
      m.condition_of_machine({ machine: printable(machine.name), text }),
    ),
  );
}
