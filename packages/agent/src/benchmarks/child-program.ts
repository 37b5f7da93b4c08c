/**
 * What a benchmark's process is started with. Where the agent is one file (a bundle, or a compiled program) there is no
 * other file to start: it is itself the program, and its first argument says what it is for.
 */
import { basename, extname, join } from "node:path";

const asChild = "--measure";

/** Never the agent's own flags: its small heap and its way to compile would be measured. */
export function childProgram(): string[] {
  const { dirname, filename } = import.meta;
  if (extname(filename) === ".ts") return [join(dirname, "child.dev.mjs")];
  if (basename(filename) === "child-program.js") return [join(dirname, "child.js")];
  // What Bun has compiled into a program has no file of its own.
  return filename.startsWith("/$bunfs/") ? [asChild] : [filename, asChild];
}

export const isChild = (argv: readonly string[]): boolean => argv[2] === asChild;

/** Name, seconds and folder. */
export const childArguments = (argv: readonly string[]): string[] => argv.slice(isChild(argv) ? 3 : 2);
