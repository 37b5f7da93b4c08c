/** How machines come to a hub: tokens with which they enrol themselves, and what the hub gives them to install. */
import { z } from "zod";
import { instant } from "./instant.ts";
import { group, labels } from "./label.ts";
import { name } from "./names.ts";

export const enrollmentTokenInput = z
  .strictObject({
    name: name.default("enrollment").meta({ description: "what it is for, to tell it from others" }),
    uses: z.number().int().min(1).max(10_000).default(1),
    validSeconds: z
      .number()
      .int()
      .min(60)
      .max(90 * 86_400)
      .default(86_400),
    machine: z
      .string()
      .min(1)
      .max(200)
      .optional()
      .meta({ description: "id or name of a machine that was installed again: what enrols goes on as it" }),
  })
  .refine(({ machine, uses }) => machine === undefined || uses === 1, {
    error: "one machine can be installed again once with a token",
    path: ["uses"],
  });
export type EnrollmentTokenInput = z.input<typeof enrollmentTokenInput>;

/** The token is shown this once; the hub keeps its hash. */
export const enrollmentTokenCreated = z.object({
  id: z.string(),
  name: z.string(),
  token: z.string(),
  uses: z.number().int(),
  machine: z.string().optional().meta({ description: "the name of the one that goes on with it" }),
  expiresAt: instant,
});
export type EnrollmentTokenCreated = z.infer<typeof enrollmentTokenCreated>;

/** Never the secret. Those that expired are listed for some days more (`retention.keyDays`). */
export const enrollmentToken = z
  .object({
    id: z.string(),
    name: z.string(),
    state: z.enum(["valid", "used-up", "expired"]),
    uses: z.number().int().optional().meta({ description: "at first" }),
    usesLeft: z.number().int(),
    machine: z
      .object({ id: z.string(), name: z.string() })
      .optional()
      .meta({ description: "what enrols with it goes on as this one" }),
    createdBy: z.string().optional(),
    createdAt: instant,
    expiresAt: instant,
    lastUsedAt: instant.optional(),
    machines: z
      .array(z.object({ id: z.string(), name: z.string() }))
      .max(50)
      .meta({ description: "those that came with it and are still here, newest first" }),
  })
  .meta({ id: "EnrollmentToken" });
export type EnrollmentToken = z.infer<typeof enrollmentToken>;

/** Sent with an enrolment token as bearer; answers `machineCreated`. */
export const enrollment = z.strictObject({
  name,
  hostName: z.string().max(200).optional(),
  labels: labels.optional(),
  group: group.optional(),
});

/** What a machine that enrols is given by this hub. */
export const installer = z
  .object({
    hub: z.string().meta({ description: "the address under which machines reach it" }),
    version: z.string(),
    files: z.array(z.object({ name: z.string(), bytes: z.number().int(), sha256: z.string() })),
  })
  .meta({ id: "Installer" });
export type Installer = z.infer<typeof installer>;
export type AgentFile = Installer["files"][number];
