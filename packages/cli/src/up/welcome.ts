import { m } from "@culprit/messages";
import { paint } from "../format/colour.ts";
import type { Terminal } from "../terminal.ts";
import type { HubReady } from "./ready.ts";

/** What someone who has just started Culprit needs to know. */
export function welcome(ready: HubReady, terminal: Terminal, record?: string): void {
  const { address, signInLink, adminPassword } = ready;
  const { colours } = terminal;
  terminal.out("");
  terminal.out(m.cmd_up_dashboard({ address: paint(colours, "bold", address) }));
  terminal.out(m.cmd_up_sign_in({ link: paint(colours, "cyan", signInLink) }));
  if (adminPassword !== undefined)
    terminal.out(m.cmd_up_password({ password: paint(colours, "bold", adminPassword) }));
  if (record !== undefined) terminal.out(m.cmd_up_record({ command: record }));
  terminal.out(m.cmd_up_stop());
  terminal.out("");
}
