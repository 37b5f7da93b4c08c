/** The fit that a query asks of: of the window that it names, or the latest one of the usual window. */
import type { Micros } from "@culprit/protocol";
import type { Hub } from "../../context.ts";
import { readWindow, type MicrosWindow } from "../../window.ts";
import type { Fitted } from "./attribution.ts";

export type WindowWish = { from?: string | undefined; to?: string | undefined };

/** Null for the usual window. */
export function askedWindow({ attribution }: Hub, query: WindowWish, now: Micros): MicrosWindow | null {
  const isUsual = query.from === undefined && query.to === undefined;
  return isUsual ? null : readWindow(query, now, attribution.usualSeconds);
}

/** `fitted` is null before the first fit. A window that nobody waits for any more (`gone`) is not fitted. */
export async function askedFit(
  hub: Hub,
  query: WindowWish,
  gone?: AbortSignal,
): Promise<{ window: MicrosWindow; fitted: Fitted | null }> {
  const now = hub.clock.now();
  const asked = askedWindow(hub, query, now);
  const fitted = asked ? await hub.attribution.over(asked, gone) : await hub.attribution.latest();
  return { window: fitted?.window ?? asked ?? hub.attribution.usualWindow(now), fitted };
}
