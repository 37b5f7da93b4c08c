import { InvalidArgumentError, Option } from "commander";

/** An option that takes a whole number between two limits. */
export function numberOption(
  flags: string,
  description: string,
  { from, to }: { from: number; to: number },
): Option {
  return new Option(flags, description).argParser((text: string) => {
    const value = Number(text);
    if (!Number.isInteger(value) || value < from || value > to || text.trim() === "")
      throw new InvalidArgumentError(`It is a whole number from ${from} to ${to}.`);
    return value;
  });
}
