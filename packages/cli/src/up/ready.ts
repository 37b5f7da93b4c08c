/** What the hub tells the `culprit up` that started it, once it answers requests. */
import { z } from "zod";

export const hubReady = z.object({
  ready: z.literal(true),
  /** As this computer reaches it. */
  address: z.string(),
  /** The setting with which it would listen on the same port again. */
  listen: z.string(),
  signInLink: z.string(),
  /** Made up at the first start. */
  adminPassword: z.string().optional(),
  /** File of the hub's own certificate, for the agent beside it. */
  ca: z.string().optional(),
});

export type HubReady = z.infer<typeof hubReady>;
