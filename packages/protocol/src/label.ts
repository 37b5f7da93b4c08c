/** What people say of machines to find them again: labels such as `role=db`, and the one group that each may be in. */
import { z } from "zod";
import { limits } from "./limits.ts";
import { name } from "./names.ts";

const labelKey = z
  .string()
  .max(limits.labelCharacters)
  .regex(/^[A-Za-z0-9](?:[A-Za-z0-9._/-]*[A-Za-z0-9])?$/, "not letters, digits and . _ - / between them");

/** Empty: the key alone says it. */
const labelValue = z.union([z.literal(""), name.max(limits.labelCharacters)]);

export const labels = z
  .record(labelKey, labelValue)
  .refine((all) => Object.keys(all).length <= limits.labels, `more than ${limits.labels} labels`);
export type Labels = z.infer<typeof labels>;

export const group = name;

/** As people write one: `role=db`, or `spare` alone. */
export function labelText([key, value]: readonly [string, string]): string {
  return value === "" ? key : `${key}=${value}`;
}

/** Of `role=db`, or of `role`, which any value fits. Null: it can't be a label. */
export function readLabel(text: string): { key: string; value: string | null } | null {
  const at = text.indexOf("=");
  const key = (at === -1 ? text : text.slice(0, at)).trim();
  const value = at === -1 ? null : text.slice(at + 1).trim();
  const fits = labelKey.safeParse(key).success && labelValue.safeParse(value ?? "").success;
  return fits ? { key, value } : null;
}

/** Labels as settings list them. */
export const labelTexts = z
  .array(z.string().refine((text) => readLabel(text) !== null, "no label: role=db, or role"))
  .max(limits.labels);

/** Of texts that each are a label; of two with the same key the last counts. */
export function labelsFrom(texts: readonly string[]): Labels {
  const all = texts.flatMap((text) => readLabel(text) ?? []);
  return Object.fromEntries(all.map(({ key, value }) => [key, value ?? ""]));
}

/** Whether it has each of the labels. */
export function hasLabels(labels: Labels, wanted: readonly { key: string; value: string | null }[]): boolean {
  return wanted.every(
    ({ key, value }) => Object.hasOwn(labels, key) && (value === null || labels[key] === value),
  );
}
