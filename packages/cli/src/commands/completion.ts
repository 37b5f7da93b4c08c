import { readFileSync } from "node:fs";
import { basename } from "node:path";
import { Command } from "commander";
import { complete } from "../completion/complete.ts";
import { namesFrom } from "../completion/names.ts";
import { splitLine } from "../completion/split-line.ts";
import { completionScript } from "../shipped.ts";
import type { Terminal } from "../terminal.ts";

const shells = ["bash", "zsh", "fish"] as const;

/** All commands by name, each made when it is needed. */
type CommandList = ReadonlyMap<string, () => Promise<(terminal: Terminal) => Command>>;

export function completion(terminal: Terminal, commands: CommandList): Command {
  const command = new Command("completion")
    .description("what a shell needs to complete commands, options and names of machines and processes")
    .addHelpText(
      "after",
      '\nbash:  eval "$(culprit completion bash)"      in ~/.bashrc' +
        '\nzsh:   eval "$(culprit completion zsh)"       in ~/.zshrc, after compinit' +
        "\nfish:  culprit completion fish | source       in ~/.config/fish/config.fish",
    );
  for (const shell of shells)
    command.addCommand(
      new Command(shell)
        .description(`the script of ${shell}`)
        .action(() => terminal.out(readFileSync(completionScript(shell), "utf8").trimEnd())),
    );
  return command.addCommand(words(terminal, commands), { hidden: true });
}

type WordsOptions = { line?: string; breaks?: string };

/** Asked by the scripts at each press of the key. */
function words(terminal: Terminal, commands: CommandList): Command {
  return new Command("words")
    .argument("[typed...]", "words after the program, the last being typed")
    .option("--line <line>", "instead of words: the line up to the cursor")
    .option("--breaks <characters>", "at which the shell begins a word anew")
    .action(async (typed: string[], { line, breaks = "" }: WordsOptions) => {
      const all = line === undefined ? typed : afterProgram(splitLine(line));
      const found = await complete(all, {
        commandNames: [...commands.keys(), "help"],
        load: async (name) => (await commands.get(name)?.())?.(terminal) ?? null,
        names: namesFrom(terminal),
      });
      const from = lastBreak(all.at(-1) ?? "", breaks) + 1;
      if (found.length > 0) terminal.out(found.map((one) => one.slice(from)).join("\n"));
    });
}

/** Before the program there may be variables, and another program that starts it. */
function afterProgram(all: readonly string[]): string[] {
  const at = all.findIndex((word) => basename(word) === "culprit");
  return all.slice(at + 1);
}

/** Of the characters at which bash breaks words only these two stand in words of ours. */
function lastBreak(word: string, breaks: string): number {
  return Math.max(
    ...[":", "="].filter((one) => breaks.includes(one)).map((one) => word.lastIndexOf(one)),
    -1,
  );
}
