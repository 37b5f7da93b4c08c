/** What the hub may ask about checks. */
import { assignedChecks, checkToRun } from "@culprit/protocol";
import { channelRequest, type ChannelRequests } from "../channel/requests.ts";
import type { Checks } from "./checks.ts";

export function checkRequests(checks: Checks): ChannelRequests {
  return {
    checks: channelRequest({
      schema: assignedChecks,
      acts: false,
      async handle({ checks: list }) {
        await checks.assign(list);
        return { checks: list.length };
      },
    }),
    check: channelRequest({ schema: checkToRun, acts: false, handle: ({ id }) => checks.now(id) }),
  };
}
