/** Names for completion, asked of the hub; one that is slow, away or refuses gives none, and no message either. */
import {
  check,
  formatInstant,
  isLive,
  list,
  machine,
  microsPerSecond,
  processSummary,
} from "@culprit/protocol";
import type { z } from "zod";
import { connect, type ConnectionOptions } from "../connection.ts";
import { readProfiles } from "../settings/profiles.ts";
import type { Terminal } from "../terminal.ts";
import type { NameKind } from "./complete.ts";

const timeoutSeconds = 1;

export function namesFrom(terminal: Terminal) {
  return async (kind: NameKind, options: ConnectionOptions): Promise<readonly string[]> => {
    try {
      if (kind === "profile") return Object.keys(readProfiles(terminal.environment).profiles);
      const hub = connect(options, terminal);
      // Statistics are not wanted here: the shorter the time, the sooner the answer.
      const weekAgo = terminal.now() - 7 * 86_400 * microsPerSecond;
      const ask = <T extends z.ZodType>(path: string, item: T, query = {}) =>
        hub.request("GET", path, list(item), { query, timeoutSeconds });
      switch (kind) {
        case "machine":
          return (await ask("/machines", machine)).items.map(({ name }) => name);
        case "live-machine":
          return (await ask("/machines", machine)).items.filter(isLive).map(({ name }) => name);
        case "process":
          return (await ask("/processes", processSummary, { from: formatInstant(weekAgo) })).items
            .filter(({ step }) => step === undefined)
            .map(({ process }) => process);
        case "check":
          return (await ask("/checks", check)).items.map(({ name }) => name);
        default:
          return kind satisfies never;
      }
    } catch {
      return [];
    }
  };
}
