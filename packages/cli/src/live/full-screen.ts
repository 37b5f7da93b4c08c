/** `culprit watch` on a terminal: the view, its keys, and one loop of looks for each machine. */
import type { HubClient } from "@culprit/protocol";
import { describeFailure } from "../failures.ts";
import type { Terminal } from "../terminal.ts";
import { drawView, type View } from "./draw.ts";
import { sortings, type Action } from "./keys.ts";
import { looks } from "./looks.ts";
import { Screen } from "./screen.ts";
import { Watched } from "./watched.ts";

export type WatchOptions = { everySeconds: number; count: number | undefined };

/** Resolves when a person quits, a signal ends it, or all looks are taken. */
export async function watchOnScreen(
  names: readonly string[],
  hub: HubClient,
  { everySeconds, count }: WatchOptions,
  terminal: Terminal,
): Promise<void> {
  const machines = names.map((name) => new Watched(name));
  const { timeZone, colours } = terminal;
  const view: View = { machines, shown: 0, paused: false, help: false, sorting: "cpu", timeZone };
  const ended = new AbortController();
  const draw = () => screen.draw(drawView(view, { columns: screen.columns, rows: screen.rows, colours }));
  const screen = new Screen(process.stdin, process.stdout, {
    onResize: draw,
    onEnd(status) {
      terminal.status = status;
      ended.abort();
    },
    onAction(action) {
      if (action === "quit") ended.abort();
      else if (action === "suspend") screen.suspend();
      else act(view, action);
      draw();
    },
  });
  screen.open();
  draw();
  try {
    await Promise.all(
      machines.map((machine) =>
        looks({
          hub,
          machine: machine.name,
          everySeconds,
          count,
          signal: ended.signal,
          paused: () => view.paused,
          onLook(status) {
            machine.add(status, performance.now() / 1000);
            draw();
          },
          onFailure(error) {
            const { text, fix } = describeFailure(error);
            machine.fail([text, fix].filter((part) => part !== undefined).join(" "));
            draw();
          },
        }),
      ),
    );
  } finally {
    ended.abort();
    screen.close();
  }
}

function act(view: View, action: Exclude<Action, "quit" | "suspend">): void {
  const { machines, shown, sorting } = view;
  switch (action) {
    case "pause":
      view.paused = !view.paused;
      break;
    case "sort":
      view.sorting = sortings[(sortings.indexOf(sorting) + 1) % sortings.length]!;
      break;
    case "next":
      view.shown = (shown + 1) % machines.length;
      break;
    case "previous":
      view.shown = (shown + machines.length - 1) % machines.length;
      break;
    case "help":
      view.help = !view.help;
      break;
    case "redraw":
      break;
    default:
      action satisfies never;
  }
}
