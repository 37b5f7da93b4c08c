import { messageOf, NotProbed, NotWell, runProgram, said } from "@culprit/probes";
import { readPlugin } from "../plugin-output.ts";
import type { OwnProbe } from "./own-probe.ts";

/** A plugin, by the name under which the machine's own file lists it with its arguments. */
export const command: OwnProbe<"command"> = async (
  { command: name },
  { allowed },
  { timeoutSeconds, signal },
) => {
  const { commands, problem } = await allowed();
  const line = commands.get(name);
  if (!line) throw new NotProbed(problem?.said ?? said("command-not-listed", { command: name }));
  const [program, ...parameters] = line;
  const ended = await runProgram(program!, parameters, { timeoutSeconds, signal }).catch((error: unknown) => {
    throw new NotProbed(said("command-not-run", { program: program!, detail: messageOf(error) }));
  });
  if (ended.timedOut) throw new NotWell(said("command-too-slow", { command: name, seconds: timeoutSeconds }));
  // Plugins speak on their standard output; one that can't even start speaks on the other.
  return readPlugin({
    exitCode: ended.exitCode,
    output: ended.stdout.trim() === "" ? ended.output : ended.stdout,
  });
};
