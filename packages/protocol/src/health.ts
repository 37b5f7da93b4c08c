/**
 * Whether a machine is up, and how that is known: what was heard of it, what answered, who sees it. The state is decided by
 * the hub (`fleet/health`); evidence is codes with values, so that pages, commands and scripts tell it in their own words.
 */
import { z } from "zod";
import { instant } from "./instant.ts";
import { name } from "./names.ts";

const port = z.number().int().min(1).max(65_535);

/** What a machine is asked when nothing is heard of it; without one, an echo request. Its address is the one that the hub sees. */
export const machineProbe = z.discriminatedUnion("kind", [
  z.strictObject({ kind: z.literal("ping") }),
  z.strictObject({ kind: z.literal("tcp"), port }),
  z.strictObject({ kind: z.literal("http"), port }),
]);
export type MachineProbe = z.infer<typeof machineProbe>;

/** What a hub asks the agent of another machine (channel request `probe`): only what its own file lists is looked at. */
export const peerProbe = z.strictObject({
  address: z.union([z.ipv4(), z.ipv6()]),
  probe: machineProbe,
  timeoutSeconds: z.number().min(0.1).max(30),
});

/** `answered`: whether anything came back, however wrong; null if it could not be asked, for which `text` says why. */
export const sighting = z.object({ answered: z.boolean().nullable(), text: z.string().max(2000) });
export type Sighting = z.infer<typeof sighting>;

/** Why there is nothing to probe: no address is known, it is the hub's own, it is shared with others, may not be reached from here, or never answered. */
export const unprobedReasons = [
  "no-address",
  "own-address",
  "shared-address",
  "not-allowed",
  "never-answered",
  "cannot-ask",
] as const;

const probed = { address: z.string(), probe: machineProbe };

/** A probe made now because a person asked for it; `text` is what came back, in the words of whoever answered. */
const tried = { ...probed, seconds: z.number().nonnegative(), text: z.string() };
export const probeTrial = z
  .discriminatedUnion("result", [
    z.object({ result: z.literal("answers"), ...tried }),
    z.object({ result: z.literal("no-answer"), ...tried }),
    z.object({
      result: z.literal("nothing-to-probe"),
      reason: z.enum(unprobedReasons),
      text: z.string().optional(),
    }),
  ])
  .meta({ id: "ProbeTrial" });
export type ProbeTrial = z.infer<typeof probeTrial>;

const machines = z.array(name).max(10);

export const healthEvidence = z.discriminatedUnion("code", [
  z.object({ code: z.literal("heard"), at: instant }),
  z.object({ code: z.literal("not-heard"), since: instant }),
  z.object({ code: z.literal("never-heard") }),
  /** Its newest sample, by the hub's clock; without `newestAt` none has come. */
  z.object({ code: z.literal("samples-lag"), newestAt: instant.optional() }),
  z.object({ code: z.literal("answers"), ...probed }),
  /** `times`: how often it was asked in vain. */
  z.object({ code: z.literal("no-answer"), ...probed, times: z.number().int() }),
  z.object({ code: z.literal("nothing-to-probe"), reason: z.enum(unprobedReasons) }),
  z.object({ code: z.literal("peers-see"), machines }),
  z.object({ code: z.literal("peers-see-nothing"), machines }),
  /** So the hub itself is not cut off. */
  z.object({ code: z.literal("others-heard"), machines: z.number().int() }),
  z.object({ code: z.literal("gateway-answers") }),
  z.object({ code: z.literal("hub-cut-off"), since: instant }),
  z.object({ code: z.literal("paused") }),
]);
export type HealthEvidence = z.infer<typeof healthEvidence>;

/** Why a hub knows nothing of a time. */
export const blindCauses = ["hub-away", "hub-stalled", "hub-cut-off"] as const;
export type BlindCause = (typeof blindCauses)[number];
