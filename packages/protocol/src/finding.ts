/** What a probe found, as a code with values, so that it can be said in the reader's language. */
import { z } from "zod";
import { cleanOutput } from "./output.ts";

/** Of its JSON. */
export const findingCharacters = 4000;

/** Codes that a reader does not know are no mistake: the text beside them says the same in English. */
export const finding = z
  .strictObject({
    code: z.string().regex(/^[a-z][a-z0-9-]{0,59}$/),
    values: z
      .record(z.string().regex(/^[a-zA-Z]{1,30}$/), z.union([z.number(), z.string().max(500)]))
      .refine((all) => Object.keys(all).length <= 10, "more than 10 values"),
  })
  .refine((all) => JSON.stringify(all).length <= findingCharacters, "too long");

export type Finding = z.infer<typeof finding>;

/** Checked and with nothing in its texts that a terminal or a page would act on; null if it is none. */
export function readFinding(raw: unknown): Finding | null {
  const { data } = finding.safeParse(raw);
  if (!data) return null;
  const values = Object.entries(data.values).map(
    ([name, value]) => [name, typeof value === "string" ? cleanOutput(value) : value] as const,
  );
  return { code: data.code, values: Object.fromEntries(values) };
}
