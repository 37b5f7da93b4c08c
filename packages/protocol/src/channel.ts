/**
 * The agent's outgoing connection to its hub (WebSocket at `/api/v1/channel`, the machine's token as bearer). JSON text
 * frames, one message each. The hub sends only names of things the machine itself allows, never commands.
 */
import { z } from "zod";
import { protocolVersion } from "./batch.ts";

export const fromAgent = z.discriminatedUnion("type", [
  z.object({
    type: z.literal("hello"),
    protocol: z.literal(protocolVersion),
    agentVersion: z.string().max(60),
    bootId: z.string().max(60),
    clock: z.number().int().meta({ description: "the agent's clock, microseconds since 1970" }),
  }),
  z.object({ type: z.literal("pong"), id: z.string().max(60), clock: z.number().int() }),
  z.object({ type: z.literal("answer"), id: z.string().max(60), ok: z.boolean(), result: z.unknown() }),
]);

export const fromHub = z.discriminatedUnion("type", [
  z.object({ type: z.literal("welcome"), hubVersion: z.string(), pingSeconds: z.number() }),
  z.object({ type: z.literal("ping"), id: z.string() }),
  z.object({ type: z.literal("request"), id: z.string(), name: z.string(), expiresAt: z.number().int() }),
]);

export type FromAgent = z.infer<typeof fromAgent>;
export type FromHub = z.infer<typeof fromHub>;
