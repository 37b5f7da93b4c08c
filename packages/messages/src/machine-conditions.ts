/** What is wrong with a machine, in words. Codes and values come from the hub. */
import { m } from "@culprit/messages";
import type { Text } from "./text.ts";

type Part = "machine-id" | "product-uuid" | "boot-id";
type Times = { since: string; lastAt: string };

/** As the API tells it (`machineCondition` of the protocol). */
export type Condition =
  | ({
      code: "duplicate-identity";
      address: string;
      keptAddress: string;
      differs: Part[];
      refused: number;
    } & Times)
  | { code: "hardware-changed"; at: string; address: string; differs: Part[] }
  | { code: "same-computer"; machines: string[]; differs: Part[] }
  | ({ code: "protocol-version"; agent: number; hub: number; upgrade: "agent" | "hub" } & Times)
  | ({ code: "flooding"; what: "messages" | "uploads"; refused: number } & Times);

type Words = { time: (instant: string) => string; locale: string };

const parts = {
  "machine-id": m.condition_part_machine_id,
  "product-uuid": m.condition_part_product_uuid,
  "boot-id": m.condition_part_boot_id,
} as const satisfies Record<Part, Text>;

export function conditionText(condition: Condition, { time, locale }: Words): string {
  switch (condition.code) {
    case "duplicate-identity":
      return m.condition_duplicate({
        since: time(condition.since),
        at: time(condition.lastAt),
        kept: condition.keptAddress,
        address: condition.address,
        differs: differsText(condition.differs, locale),
      });
    case "hardware-changed": {
      const { at, address, differs } = condition;
      return m.condition_moved({ at: time(at), address, differs: differsText(differs, locale) });
    }
    case "same-computer": {
      const machines = listed(condition.machines, locale);
      return condition.differs.includes("product-uuid")
        ? m.condition_cloned({ machines })
        : m.condition_reinstalled({ machines });
    }
    case "protocol-version": {
      const versions = { agent: String(condition.agent), hub: String(condition.hub) };
      return condition.upgrade === "agent" ? m.condition_agent_old(versions) : m.condition_hub_old(versions);
    }
    case "flooding": {
      const facts = {
        count: condition.refused,
        since: time(condition.since),
        at: time(condition.lastAt),
      };
      return condition.what === "messages"
        ? m.condition_flooding_messages(facts)
        : m.condition_flooding_uploads(facts);
    }
    default:
      return condition satisfies never;
  }
}

function differsText(differs: readonly Part[], locale: string): string {
  if (differs.length === 0) return m.condition_differs_nothing();
  return m.condition_differs({
    parts: listed(
      differs.map((part) => parts[part]()),
      locale,
    ),
  });
}

const listed = (items: readonly string[], locale: string) => new Intl.ListFormat(locale).format(items);
