/**
 * What is wrong with a machine beside its state: codes with evidence, so that pages, commands and scripts tell it in their
 * own words. Decided by the hub (`fleet/faults`).
 */
import { z } from "zod";
import { instant } from "./instant.ts";
import { name } from "./names.ts";

export const identityParts = ["machine-id", "product-uuid", "boot-id"] as const;
export type IdentityPart = (typeof identityParts)[number];

const differs = z
  .array(z.enum(identityParts))
  .meta({ description: "what was told of both and is not equal" });
const times = { since: instant, lastAt: instant };

export const machineCondition = z
  .discriminatedUnion("code", [
    /** Two agents speak with this machine's token at the same time; the one at `address` is refused. */
    z.object({
      code: z.literal("duplicate-identity"),
      ...times,
      address: z.string(),
      keptAddress: z.string(),
      differs,
      refused: z.number().int().meta({ description: "how often" }),
    }),
    /** Another computer took over when the one before was no longer heard. */
    z.object({ code: z.literal("hardware-changed"), at: instant, address: z.string(), differs }),
    /** These machines' agents run on the same computer, or on a copy of its disk if `product-uuid` differs. */
    z.object({ code: z.literal("same-computer"), machines: z.array(name).max(10), differs }),
    z.object({
      code: z.literal("protocol-version"),
      ...times,
      agent: z.number().int(),
      hub: z.number().int(),
      upgrade: z.enum(["agent", "hub"]),
    }),
    z.object({
      code: z.literal("flooding"),
      ...times,
      what: z.enum(["messages", "uploads"]),
      refused: z.number().int(),
    }),
  ])
  .meta({ id: "MachineCondition" });

export type MachineCondition = z.infer<typeof machineCondition>;
/** Those that a person can say to have seen to; `same-computer`: that it is meant to be so, for all that are there now. */
export const settledConditions = [
  "duplicate-identity",
  "hardware-changed",
  "same-computer",
  "protocol-version",
  "flooding",
] as const satisfies readonly MachineCondition["code"][];
export type SettledCondition = (typeof settledConditions)[number];
