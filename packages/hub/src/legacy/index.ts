/** All translators for old clients, by the name that switches them on. */
import type { Routes } from "../routes/policy.ts";
import type { legacyClients } from "../settings.ts";
import { checksApi } from "./checks-api.ts";
import { savelog } from "./savelog.ts";

export const translators: Record<(typeof legacyClients)[number], Routes> = { savelog, checks: checksApi };
