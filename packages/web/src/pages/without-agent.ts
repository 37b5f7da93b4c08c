import type { Machine } from "@culprit/protocol";

const mostNames = 5;

/** The names of machines whose runs come by HTTP alone: nobody measures there what a run demands. Empty if there are none. */
export function withoutAgent(machines: readonly Machine[]): string {
  const names = machines
    .filter(({ lastContactAt, lastSampleAt }) => lastContactAt === undefined && lastSampleAt === undefined)
    .map(({ name }) => name);
  return names.length > mostNames ? `${names.slice(0, mostNames).join(", ")}, …` : names.join(", ");
}
