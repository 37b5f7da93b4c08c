/** How it is with an enrolment token, in a word. */
import { m } from "@culprit/messages";

export const tokenStateNames = {
  valid: m.fleet_token_valid,
  "used-up": m.fleet_token_used_up,
  expired: m.fleet_token_expired,
};
