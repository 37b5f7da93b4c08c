/** What moves in the schedule would gain, from the latest fit. */
import { formatInstant, type Move, type WhatIf } from "@culprit/protocol";
import type { Hub } from "../../context.ts";
import { readWindow } from "../../window.ts";
import type { Locale } from "../why-text.ts";

const usualSeconds = 30 * 86_400;

export async function predictMoves(hub: Hub, moves: readonly Move[], _locale: Locale): Promise<WhatIf> {
  const { from, to } = readWindow({}, hub.clock.now(), usualSeconds);
  for (const { process, machine } of moves) {
    await hub.catalogue.process(process);
    hub.fleet.machine(machine);
  }
  return {
    window: { from: formatInstant(from), to: formatInstant(to) },
    fittedAt: null,
    savingSeconds: 0,
    low: 0,
    high: 0,
    processes: [],
    text: "",
  };
}
