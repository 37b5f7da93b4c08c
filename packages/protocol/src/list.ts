/** What lists have in common: a page, a cursor to the next, and a window of time. */
import { z } from "zod";
import { instant } from "./instant.ts";

export const list = <T extends z.ZodType>(item: T) =>
  z.object({ items: z.array(item), nextCursor: z.string().optional() });

export const windowQuery = {
  from: instant.optional().meta({ description: "start of the window, inclusive" }),
  to: instant.optional().meta({ description: "end of the window, exclusive; default now" }),
};

export const pageQuery = {
  limit: z.coerce.number().int().min(1).max(1000).default(100),
  cursor: z.string().max(500).optional(),
};

export const window = z.object({ from: instant, to: instant }).meta({ id: "Window" });
export type Window = z.infer<typeof window>;
