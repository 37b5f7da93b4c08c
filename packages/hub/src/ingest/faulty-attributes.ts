/** A quick look at attributes before their schema, which would tell of each of very many what is wrong with it. */
import { boundedFault } from "./bounded-fault.ts";

type Kind = "string" | "number" | "boolean";

/** What is wrong with `raw.attributes`, if it is one of what can be wrong with all of them; null: the schema may look. */
export function faultOfAttributes(raw: unknown, most: number, kinds: readonly Kind[]): string | null {
  const attributes = isObject(raw) ? raw["attributes"] : null;
  if (!isObject(attributes)) return null;
  const keys = Object.keys(attributes);
  if (keys.length > most) return `more than ${most} attributes`;
  const isGood = (value: unknown) =>
    kinds.some((kind) => typeof value === kind) && (typeof value !== "number" || Number.isFinite(value));
  const bad = keys.find((key) => !isGood(attributes[key]));
  return bad === undefined ? null : `${boundedFault(bad)}: no ${kinds.join(" or ")}`;
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
