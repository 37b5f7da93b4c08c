/**
 * The agent's outgoing connection to its hub (WebSocket at `/api/v1/channel`, the machine's token as bearer). JSON text
 * frames, one message each. The hub sends only names of things the machine itself allows, never commands.
 */
import { z } from "zod";
import { agentIdentityText } from "./agent-identity.ts";
import { protocolVersion } from "./batch.ts";
import { finding } from "./finding.ts";

/** Why an agent did not do what it was asked; `detail` says it in words. */
export const requestRefusalCodes = [
  "not-welcomed",
  "other-machine",
  "expired",
  "replayed",
  "unknown-request",
  "bad-arguments",
  "not-allowed",
  "busy",
  "failed",
] as const;
export type RequestRefusalCode = (typeof requestRefusalCodes)[number];

/** The `result` of an answer that is not `ok`. */
export const requestRefusal = z.object({
  code: z.enum(requestRefusalCodes),
  detail: z.string().max(1000),
  /** The same as a code with values, from agents that know how to tell. */
  finding: finding.optional().catch(undefined),
});
export type RequestRefusal = z.infer<typeof requestRefusal>;

const requestId = z.string().min(1).max(60);

export const channelRequest = z.object({
  type: z.literal("request"),
  /** Used once: an agent refuses one that it has seen. */
  id: requestId,
  /** The machine it is meant for, by its public id; another one's agent refuses it. */
  machine: z.string().max(60),
  name: z.string().max(60),
  /** Names of things that the machine knows, never commands; what it must look like is the named request's own matter. */
  arguments: z.json().optional(),
  /** For whom the hub asks, for the agent's audit. */
  by: z.string().max(200).optional(),
  /** Microseconds since 1970 by the agent's clock, as the hub has measured it. */
  expiresAt: z.number().int(),
});
export type ChannelRequestMessage = z.infer<typeof channelRequest>;

/** Codes with which a hub closes a channel for a reason that the agent's log should tell. */
export const channelClosed = {
  replaced: 4001,
  dead: 4002,
  duplicateIdentity: 4003,
  protocolVersion: 4004,
} as const;

export const fromAgent = z.discriminatedUnion("type", [
  z.object({
    type: z.literal("hello"),
    protocol: z.literal(protocolVersion),
    agentVersion: z.string().max(60),
    bootId: z.string().max(60),
    clock: z.number().int().meta({ description: "the agent's clock, microseconds since 1970" }),
    /** Of agents that know how to tell; its form is of `agent-identity.ts`. */
    identity: agentIdentityText.optional(),
  }),
  z.object({ type: z.literal("pong"), id: requestId, clock: z.number().int() }),
  z.object({ type: z.literal("answer"), id: requestId, ok: z.boolean(), result: z.unknown() }),
]);

export const fromHub = z.discriminatedUnion("type", [
  z.object({
    type: z.literal("welcome"),
    hubVersion: z.string(),
    pingSeconds: z.number(),
    /** The agent's own machine, by its public id; it keeps the first one that it is told. */
    machine: z.string().max(60).optional(),
  }),
  z.object({ type: z.literal("ping"), id: z.string() }),
  channelRequest,
]);

export type FromAgent = z.infer<typeof fromAgent>;
export type FromHub = z.infer<typeof fromHub>;
