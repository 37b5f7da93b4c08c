/** People, keys and what they may do. */
import { z } from "zod";
import { instant } from "./instant.ts";
import { name } from "./names.ts";

export const userRoles = ["viewer", "operator", "admin"] as const;
export const roles = ["machine", ...userRoles] as const;
export type UserRole = (typeof userRoles)[number];
export type Role = (typeof roles)[number];

/** Either a user's name and password, or the token of a one-time sign-in link. */
export const sessionInput = z.union([
  z.strictObject({ user: name, password: z.string().min(1).max(1000) }),
  z.strictObject({ once: z.string().min(1).max(200) }),
]);
export const sessionCreated = z.object({
  token: z.string(),
  user: z.string(),
  role: z.enum(userRoles),
  expiresAt: instant,
});

/** Who is asking; `GET /session`. */
export const identity = z.object({ user: z.string(), role: z.enum(roles), machineId: z.string().optional() });
export type Identity = z.infer<typeof identity>;

export const tokenInput = z.strictObject({
  name,
  role: z.enum(userRoles),
  validSeconds: z
    .number()
    .int()
    .min(60)
    .max(10 * 366 * 86_400)
    .optional(),
});
export const token = z
  .object({
    id: z.string(),
    name: z.string(),
    role: z.enum(roles),
    machine: z.string().optional(),
    createdAt: instant,
    expiresAt: instant.optional(),
    lastUsedAt: instant.optional(),
  })
  .meta({ id: "Token" });
export type Token = z.infer<typeof token>;
export const tokenCreated = z.object({ id: z.string(), token: z.string() });
