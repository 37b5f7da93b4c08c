import type { Machine } from "@culprit/protocol";

/** Its runs come by HTTP alone, or its agent has yet to come: it has no state that anybody could mend. */
export function isNeverHeard({ lastContactAt, lastSampleAt }: Machine): boolean {
  return lastContactAt === undefined && lastSampleAt === undefined;
}
