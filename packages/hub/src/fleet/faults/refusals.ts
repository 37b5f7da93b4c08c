/** What an agent is told that is not, or not yet, taken for a machine's own. */
import { ProblemError } from "@culprit/protocol";

const waitText =
  "an agent on another computer was heard with this token a moment ago; if that one is gone, this one is let in within a minute";

export const askedToWait = () => new ProblemError("duplicate-identity", waitText, { retryAfterSeconds: 30 });

export function refusal(): ProblemError {
  return new ProblemError(
    "duplicate-identity",
    "another agent speaks with the same machine's token, and was there first. If this machine is a copy, stop its agent, " +
      "delete its data folder and enrol it anew under a name of its own; nothing of its spool is taken until then. If the other " +
      "one is the copy, stop that one and have the condition settled on the machine's page, or have the machine's token replaced there",
    { retryAfterSeconds: 60 },
  );
}
