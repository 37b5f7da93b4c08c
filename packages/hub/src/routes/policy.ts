/**
 * Who may call a route. Every route names one of these policies in its `config`; one that does not keeps the app from
 * starting. Roles of people include each other: an admin may what an operator may.
 */
import type { Role } from "@culprit/protocol";
import type { FastifyPluginAsyncZod } from "fastify-type-provider-zod";
import type { Hub } from "../context.ts";

export type CallerRole = Role | "enroll" | "renew";

/** policy -> roles that may call; null: anyone, signed in or not. */
export const policies = {
  anyone: null,
  /** Whoever has the key that the address itself carries; the room looks at it (checkins/admit.ts). */
  keyInPath: null,
  /** Whoever has a token in one of the places where old clients can put one; the translator asks (legacy/admit.ts). */
  oldClient: null,
  /** An agent that has an enrolment token and no machine yet. */
  enrolling: ["enroll"],
  /** The machine whose token it is, for itself alone. */
  machine: ["machine"],
  /** The machine with the token that it is to have from now on, or has already. */
  renewing: ["renew", "machine"],
  /** A machine for itself, or a person who may write for any. */
  recording: ["machine", "operator", "admin"],
  /** Whoever has a valid token or session. */
  identified: ["machine", "viewer", "operator", "admin"],
  viewer: ["viewer", "operator", "admin"],
  operator: ["operator", "admin"],
  admin: ["admin"],
} as const satisfies Record<string, readonly CallerRole[] | null>;

export type Policy = keyof typeof policies;

declare module "fastify" {
  interface FastifyContextConfig {
    policy?: Policy;
  }
}

/** One file of `routes/`: adds the routes of one noun. */
export type Routes = FastifyPluginAsyncZod<{ hub: Hub }>;
