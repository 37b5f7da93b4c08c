import type { CheckinVendor } from "@culprit/protocol";
import { cronitor } from "./cronitor.ts";
import { healthchecks } from "./healthchecks.ts";
import { sentry } from "./sentry.ts";
import type { Vendor } from "./signal.ts";
import { snitch } from "./snitch.ts";

/** By the part of the address that stands for them: `/checkin/<vendor>/`. */
export const vendors: Record<CheckinVendor, Vendor> = { healthchecks, cronitor, sentry, snitch };
