/** Every setting of a part as an option of the command that starts it. */
import { Option, type Command } from "commander";
import type { z } from "zod";
import { leavesOf, type Leaf } from "./leaves.ts";

export function addSettingFlags(command: Command, schema: z.ZodObject): Command {
  for (const leaf of leavesOf(schema)) {
    command.addOption(new Option(`${leaf.flag} ${values[leaf.type]}`, leaf.variable));
  }
  return command;
}

const values: Record<Leaf["type"], string> = {
  text: "<value>",
  number: "<number>",
  boolean: "[true|false]",
  list: "<a,b>",
};

/** What was said by flags, by flag. */
export function saidByFlags(command: Command): Map<string, string> {
  const said = new Map<string, string>();
  for (const option of command.options) {
    const value: unknown = command.getOptionValue(option.attributeName());
    if (option.long && (typeof value === "string" || value === true)) said.set(option.long, String(value));
  }
  return said;
}

/** The same flags for another process. */
export function flagArguments(said: ReadonlyMap<string, string>): string[] {
  return [...said].map(([flag, value]) => `${flag}=${value}`);
}
