/** Settings by precedence: culprit.yaml, over it CULPRIT_* variables, over it flags. Each value knows its origin. */
import { m } from "@culprit/messages";
import type { z } from "zod";
import { UsageError } from "../failures.ts";
import type { SettingsFile } from "./file.ts";
import { leavesOf, type Leaf } from "./leaves.ts";

export type Layers = {
  file: SettingsFile | null;
  environment: NodeJS.ProcessEnv;
  /** By flag, e.g. `--listen`. */
  flags: ReadonlyMap<string, string>;
  /** Given by the command itself, under all others. */
  preset?: Readonly<Record<string, unknown>>;
};

export type Setting = Leaf & { value: unknown; origin: string };

/** The settings of a part and where each came from; throws UsageError naming what is wrong and where it was said. */
export function resolveSettings<T extends z.ZodObject>(
  schema: T,
  layers: Layers,
): { settings: z.output<T>; origins: Setting[] } {
  const leaves = leavesOf(schema);
  const said = leaves.flatMap((leaf) => sayOf(leaf, layers) ?? []);
  const raw: Tree = {};
  for (const { path, value } of said) put(raw, path, value);
  const parsed = schema.safeParse(raw);
  if (!parsed.success) {
    throw new UsageError(
      parsed.error.issues
        .map((issue) => complaint(issue.path.map(String), issue.message, leaves, said))
        .join("\n"),
    );
  }
  const origins = leaves.map((leaf) => ({
    ...leaf,
    value: at(parsed.data, leaf.path),
    origin: said.find(({ variable }) => variable === leaf.variable)?.origin ?? m.cmd_origin_default(),
  }));
  return { settings: parsed.data, origins };
}

/** Keys of the file that no part knows: a misspelt setting must not be ignored in silence. */
export function refuseUnknownKeys(file: SettingsFile | null, schemas: readonly z.ZodObject[]): void {
  if (!file) return;
  const known = schemas.flatMap((schema) => leavesOf(schema)).map(({ path }) => path.join("."));
  for (const key of keysOf(file.values)) {
    if (known.includes(key) || known.some((each) => key.startsWith(`${each}.`))) continue;
    throw new UsageError(m.cmd_settings_unknown_key({ path: file.path, key }));
  }
}

type Tree = { [key: string]: unknown };

function isTree(value: unknown): value is Tree {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function keysOf(tree: Tree, above = ""): string[] {
  return Object.entries(tree).flatMap(([key, value]) =>
    isTree(value) ? keysOf(value, `${above}${key}.`) : [`${above}${key}`],
  );
}

/** The last layer that says something; an empty variable says nothing. */
function sayOf(leaf: Leaf, layers: Layers): Setting | null {
  const flag = layers.flags.get(leaf.flag);
  if (flag !== undefined) return { ...leaf, value: read(leaf, flag, leaf.flag), origin: leaf.flag };
  const variable = layers.environment[leaf.variable];
  if (variable) return { ...leaf, value: read(leaf, variable, leaf.variable), origin: leaf.variable };
  const inFile = layers.file && at(layers.file.values, leaf.path);
  if (inFile !== undefined && inFile !== null) return { ...leaf, value: inFile, origin: layers.file!.path };
  const preset = layers.preset?.[leaf.path.join(".")];
  return preset === undefined ? null : { ...leaf, value: preset, origin: m.cmd_origin_command() };
}

const booleans: Record<string, boolean> = {
  true: true,
  yes: true,
  on: true,
  1: true,
  false: false,
  no: false,
  off: false,
  0: false,
};

function read(leaf: Leaf, text: string, origin: string): unknown {
  switch (leaf.type) {
    case "text":
      return text;
    case "list":
      return text
        .split(",")
        .map((item) => item.trim())
        .filter((item) => item !== "");
    case "number": {
      const value = Number(text);
      if (text.trim() === "" || !Number.isFinite(value))
        throw new UsageError(m.cmd_settings_no_number({ origin, text }));
      return value;
    }
    case "boolean": {
      const value = booleans[text.toLowerCase()];
      if (value === undefined) throw new UsageError(m.cmd_settings_no_boolean({ origin, text }));
      return value;
    }
    default:
      return leaf.type satisfies never;
  }
}

function at(tree: unknown, path: readonly string[]): unknown {
  let value = tree;
  for (const key of path) value = isTree(value) ? value[key] : undefined;
  return value;
}

function put(tree: Tree, path: readonly string[], value: unknown): void {
  let into = tree;
  for (const key of path.slice(0, -1)) {
    const next = into[key];
    if (isTree(next)) into = next;
    else into = into[key] = {};
  }
  into[path.at(-1)!] = value;
}

function complaint(
  path: readonly string[],
  message: string,
  leaves: readonly Leaf[],
  said: readonly Setting[],
): string {
  const variable = leaves.find(
    (leaf) => leaf.path.join(".") === path.slice(0, leaf.path.length).join("."),
  )?.variable;
  const origin = said.find((setting) => setting.variable === variable)?.origin;
  return m.cmd_settings_wrong({ setting: path.join("."), origin: origin ?? m.cmd_origin_default(), message });
}
