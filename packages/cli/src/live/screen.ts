/**
 * The whole terminal for as long as a live view lasts: the alternate screen, keys as they are typed, no cursor. Whatever
 * ends the process, short of SIGKILL, what was there before is there again.
 */
import { writeSync } from "node:fs";
import { constants } from "node:os";
import type { ReadStream, WriteStream } from "node:tty";
import { actionsOf, type Action } from "./keys.ts";

export type TerminalOutput = WriteStream & { fd: number };

export type ScreenEvents = {
  onAction: (action: Action) => void;
  /** Also after a pause of the process; draw anew. */
  onResize: () => void;
  /** A signal asks the process to end; the status that says so. */
  onEnd: (status: number) => void;
};

const enter = "\u001b[?1049h\u001b[?25l\u001b[2J";
const leave = "\u001b[?25h\u001b[?1049l";
const home = "\u001b[H";
const toEndOfLine = "\u001b[K";
const toEndOfScreen = "\u001b[J";
const signals = ["SIGTERM", "SIGINT", "SIGHUP"] as const;

export class Screen {
  readonly #input: ReadStream;
  readonly #output: TerminalOutput;
  readonly #events: ScreenEvents;
  #shown = false;

  constructor(input: ReadStream, output: TerminalOutput, events: ScreenEvents) {
    this.#input = input;
    this.#output = output;
    this.#events = events;
  }

  get columns(): number {
    return Math.max(20, this.#output.columns || 80);
  }

  get rows(): number {
    return Math.max(5, this.#output.rows || 24);
  }

  open(): void {
    this.#show();
    this.#input.setEncoding("utf8");
    this.#input.on("data", this.#typed);
    this.#output.on("resize", this.#redraw);
    for (const signal of signals) process.on(signal, this.#signalled);
    process.on("SIGCONT", this.#continued);
    process.on("exit", this.#hide);
  }

  close(): void {
    this.#hide();
    this.#input.off("data", this.#typed);
    this.#input.pause();
    this.#output.off("resize", this.#redraw);
    for (const signal of signals) process.off(signal, this.#signalled);
    process.off("SIGCONT", this.#continued);
    process.off("exit", this.#hide);
  }

  /** As many lines as there are rows; more are left out. */
  draw(lines: readonly string[]): void {
    if (!this.#shown) return;
    const shown = lines.slice(0, this.rows).map((line) => line + toEndOfLine);
    this.#output.write(home + shown.join("\r\n") + toEndOfScreen);
  }

  /** As Ctrl-Z does to any program, and to those that started it. */
  suspend(): void {
    this.#hide();
    process.kill(0, "SIGTSTP");
  }

  #show(): void {
    if (this.#input.isTTY) this.#input.setRawMode(true);
    this.#input.resume();
    this.#shown = true;
    this.#output.write(enter);
  }

  readonly #hide = (): void => {
    if (!this.#shown) return;
    this.#shown = false;
    try {
      if (this.#input.isTTY) this.#input.setRawMode(false);
      // At the process's end nothing is written later.
      writeSync(this.#output.fd, leave);
    } catch {
      // The terminal is gone, as after SIGHUP.
    }
  };

  readonly #typed = (typed: string): void => {
    for (const action of actionsOf(typed)) this.#events.onAction(action);
  };

  readonly #redraw = (): void => this.#events.onResize();

  readonly #continued = (): void => {
    this.#hide();
    this.#show();
    this.#events.onResize();
  };

  readonly #signalled = (signal: NodeJS.Signals): void => {
    this.#hide();
    this.#events.onEnd(128 + constants.signals[signal]);
  };
}
