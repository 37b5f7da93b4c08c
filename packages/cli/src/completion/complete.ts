/** What may stand where the cursor is, told from the tree of commands; names of machines and the like come from the hub. */
import type { Argument, Command, Option } from "commander";
import { unprintable } from "@culprit/protocol";
import type { ConnectionOptions } from "../connection.ts";

/** What a hub or this user's files know by name. */
/** A `live-machine` is one that the hub can have do something now. */
export type NameKind = "machine" | "live-machine" | "process" | "check" | "profile";

export type CompletionParts = {
  commandNames: readonly string[];
  /** Null if there is no such command. */
  load: (name: string) => Promise<Command | null>;
  names: (kind: NameKind, connection: ConnectionOptions) => Promise<readonly string[]>;
};

const kindOfOption: Record<string, NameKind> = {
  machine: "machine",
  process: "process",
  victim: "process",
  check: "check",
  profile: "profile",
};

const kindOfArgument: Record<string, NameKind> = {
  machine: "machine",
  process: "process",
  "execution|process": "process",
  check: "check",
  profile: "profile",
};

/** Where a machine has to do something now, or from now on: one that is away can't be meant. */
const ofLiveMachines: ReadonlySet<string> = new Set([
  "watch",
  "service",
  "bench",
  "checks add",
  "checks basic",
  "machines rotate-token",
]);

/** `words` without the program itself; the last is being typed. Empty where a shell's own completion of files serves. */
export async function complete(words: readonly string[], parts: CompletionParts): Promise<string[]> {
  const current = words.at(-1) ?? "";
  const [name, ...rest] = words.slice(0, -1);
  const candidates =
    name === undefined || (name === "help" && rest.length === 0)
      ? parts.commandNames
      : await inCommand(await parts.load(name), rest, current, parts);
  // What a terminal would act on is no name of ours.
  return [...new Set(candidates)].filter((one) => one.startsWith(current) && !unprintable.test(one));
}

async function inCommand(
  loaded: Command | null,
  before: readonly string[],
  current: string,
  parts: CompletionParts,
): Promise<readonly string[]> {
  if (!loaded) return [];
  let command = loaded;
  let path = loaded.name();
  let position = 0;
  let expecting: Option | null = null;
  const said: Record<string, string> = {};
  for (const word of before) {
    if (expecting) {
      said[expecting.attributeName()] = word;
      expecting = null;
      continue;
    }
    // What follows belongs to another program.
    if (word === "--") return [];
    if (word.startsWith("-")) {
      const [flag, value] = splitOption(word);
      const option = optionOf(command, flag);
      if (value !== undefined && option) said[option.attributeName()] = value;
      else if (option?.required) expecting = option;
      continue;
    }
    const inner = position === 0 ? command.commands.find((each) => each.name() === word) : undefined;
    if (inner) {
      command = inner;
      path += ` ${inner.name()}`;
    } else position++;
  }
  const named = (kind: NameKind | undefined) =>
    kind ? parts.names(kind === "machine" && ofLiveMachines.has(path) ? "live-machine" : kind, said) : [];
  const ofOption = async (option: Option) =>
    option.argChoices ?? (await named(kindOfOption[option.long?.slice(2) ?? ""]));
  if (expecting) return ofOption(expecting);
  if (current.startsWith("-")) {
    const [flag, value] = splitOption(current);
    const option = value === undefined ? undefined : optionOf(command, flag);
    if (option) return (await ofOption(option)).map((one) => `${flag}=${one}`);
    return command.options
      .flatMap(({ long, hidden }) => (long && !hidden ? [long] : []))
      .concat("--language", "--help");
  }
  const subcommands = position === 0 ? command.commands.map((each) => each.name()) : [];
  return [...subcommands, ...(await ofArgument(command.registeredArguments, position, named))];
}

async function ofArgument(
  all: readonly Argument[],
  position: number,
  named: (kind: NameKind | undefined) => Promise<readonly string[]> | readonly string[],
): Promise<readonly string[]> {
  const last = all.at(-1);
  const argument = all[position] ?? (last?.variadic ? last : undefined);
  if (!argument) return [];
  return argument.argChoices ?? named(kindOfArgument[argument.name()]);
}

function splitOption(word: string): [flag: string, value: string | undefined] {
  const at = word.indexOf("=");
  return at === -1 ? [word, undefined] : [word.slice(0, at), word.slice(at + 1)];
}

function optionOf({ options }: Command, flag: string): Option | undefined {
  return options.find(({ long, short }) => flag === long || flag === short);
}
