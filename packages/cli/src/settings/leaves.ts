/**
 * The settings of a part, read off its schema: each leaf is a key in culprit.yaml (`retention.sampleDays`), a variable
 * (`CULPRIT_RETENTION_SAMPLE_DAYS`) and a flag (`--retention-sample-days`). Nothing has to be listed twice.
 */
import { z } from "zod";

export type Leaf = {
  path: readonly string[];
  type: "text" | "number" | "boolean" | "list";
  variable: string;
  flag: string;
};

export function leavesOf(schema: z.ZodObject, above: readonly string[] = []): Leaf[] {
  return Object.entries(schema.shape).flatMap(([key, field]) => {
    const path = [...above, key];
    const inner = unwrap(field);
    return inner instanceof z.ZodObject ? leavesOf(inner, path) : [leaf(path, inner)];
  });
}

function leaf(path: readonly string[], field: z.core.$ZodType): Leaf {
  const words = path.flatMap((key) => key.split(/(?=[A-Z])/)).map((word) => word.toLowerCase());
  return {
    path,
    type: typeOf(field),
    variable: `CULPRIT_${words.join("_").toUpperCase()}`,
    flag: `--${words.join("-")}`,
  };
}

function typeOf(field: z.core.$ZodType): Leaf["type"] {
  if (field instanceof z.ZodNumber) return "number";
  if (field instanceof z.ZodBoolean) return "boolean";
  return field instanceof z.ZodArray ? "list" : "text";
}

/** The type under defaults and optionals. */
function unwrap(field: z.core.$ZodType): z.core.$ZodType {
  if (field instanceof z.ZodDefault || field instanceof z.ZodPrefault) return unwrap(field.def.innerType);
  return field instanceof z.ZodOptional ? unwrap(field.unwrap()) : field;
}
