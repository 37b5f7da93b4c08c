/** Puts the commands together and runs one. Exit status: 0, 1 (found a problem or failed), 2 (usage). */
import { Command, Option } from "commander";
import { m } from "@culprit/messages";
import { commands } from "./commands/index.ts";
import { describeFailure } from "./failures.ts";
import { paint } from "./format/colour.ts";
import { printableLines } from "./format/table.ts";
import { chooseLanguage, locales, speak } from "./language.ts";
import type { Terminal } from "./terminal.ts";
import { version } from "./version.ts";

export async function runCulprit(argv: readonly string[], terminal: Terminal): Promise<number> {
  speak(chooseLanguage(languageFlag(argv), terminal.environment));
  try {
    const program = await buildProgram(namedCommand(argv), terminal);
    await program.parseAsync(argv, { from: "user" });
  } catch (error) {
    const { status, text, fix } = describeFailure(error);
    if (text) terminal.error(`${paint(terminal.colours, "red", m.cmd_error())} ${printableLines(text)}`);
    if (fix) terminal.error(printableLines(fix));
    return status;
  }
  return terminal.status;
}

/** With the one command that is called; with all of them where the list itself may be shown. */
async function buildProgram(named: string | undefined, terminal: Terminal): Promise<Command> {
  const program = new Command("culprit")
    .description("Finds out which process made the others slow.")
    .version(version, "-V, --version")
    .enablePositionalOptions()
    .showSuggestionAfterError()
    .helpCommand("help [command]", "explain a command")
    .addHelpText(
      "after",
      "\nStart here:  culprit up        then:  culprit doctor, culprit stats, culprit why <process>",
    );
  const only = named === undefined ? undefined : commands.get(named);
  for (const load of only ? [only] : commands.values()) program.addCommand((await load())(terminal));
  for (const command of withSubcommands(program)) prepare(command, terminal);
  return program;
}

function withSubcommands(command: Command): Command[] {
  return [command, ...command.commands.flatMap(withSubcommands)];
}

/** Errors are thrown, not exited on, and text goes through the terminal. */
function prepare(command: Command, terminal: Terminal): void {
  command
    .addOption(new Option("--language <code>", "language of the output").choices(locales))
    .exitOverride()
    .configureOutput({
      writeOut: (text) => terminal.out(text.trimEnd()),
      writeErr: (text) => terminal.error(text.trimEnd()),
      getOutHelpWidth: () => terminal.columns ?? 100,
      getErrHelpWidth: () => terminal.columns ?? 100,
    })
    .allowExcessArguments(false)
    .showHelpAfterError("(--help explains)");
}

/** The command of `culprit why` and `culprit help why`; undefined where options come first or nothing follows. */
function namedCommand([first, second]: readonly string[]): string | undefined {
  return first === "help" ? second : first;
}

/** The language is needed before options are parsed, for what parsing may complain about. */
function languageFlag(all: readonly string[]): string | undefined {
  const end = all.indexOf("--");
  const argv = end === -1 ? all : all.slice(0, end);
  const separate = argv.indexOf("--language");
  if (separate !== -1) return argv[separate + 1];
  return argv.find((argument) => argument.startsWith("--language="))?.slice("--language=".length);
}
