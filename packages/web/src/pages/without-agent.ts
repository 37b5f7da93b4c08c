import { isNeverHeard, type Machine } from "@culprit/protocol";
import { someNames } from "../ui/some-names.ts";

const mostNames = 5;

/** The names of machines whose runs come by HTTP alone: nobody measures there what a run demands. Empty if there are none. */
export function withoutAgent(machines: readonly Machine[], locale: string): string {
  return someNames(machines.filter(isNeverHeard), mostNames, locale);
}
