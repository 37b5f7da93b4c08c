/** The addresses of one check-in with its own token, for each vendor's clients. */
import type { CheckinCreated } from "@culprit/protocol";
import { isUuid, plainForm } from "./secrets.ts";

/** Sentry's addresses name a project by a number; any does. */
const project = 1;

export function addressesOf(base: string, slug: string, token: string): CheckinCreated["addresses"] {
  const key = plainForm(token);
  const root = `${base}/checkin`;
  const name = encodeURIComponent(slug);
  const dsn = new URL(`${root}/sentry/${project}`);
  dsn.username = key;
  return [
    {
      client: "healthchecks",
      address: `${root}/healthchecks/ping/${isUuid(token) ? token : `${token}/${name}`}`,
    },
    { client: "cronitor", address: `${root}/cronitor/p/${token}/${name}` },
    { client: "sentry", address: `${root}/sentry/api/${project}/cron/${name}/${key}/` },
    // Its SDKs take no other characters.
    ...(/^\w+$/.test(key) ? [{ client: "sentry-dsn" as const, address: dsn.href }] : []),
    { client: "snitch", address: `${root}/snitch/${token}` },
  ];
}
