import { m } from "@culprit/messages";
import { formatTable } from "../format/table.ts";
import type { Terminal } from "../terminal.ts";
import type { Setting } from "./layers.ts";

const secrets = /password|token$|smtpUrl|secret/i;

/** Settings with their values and origins; secrets are masked. */
export function printSettings(settings: readonly Setting[], json: boolean, terminal: Terminal): void {
  const shown = settings.map((setting) => ({
    setting: setting.path.join("."),
    value: mask(setting),
    origin: setting.origin,
    variable: setting.variable,
  }));
  if (json) return terminal.out(JSON.stringify(shown, null, 2));
  terminal.out(
    formatTable(
      [
        { title: m.cmd_col_setting(), cell: (row) => row.setting },
        {
          title: m.cmd_col_value(),
          cell: (row) => (row.value === undefined ? "" : JSON.stringify(row.value)),
          shrinkTo: 20,
        },
        { title: m.cmd_col_origin(), cell: (row) => row.origin, shrinkTo: 12 },
        { title: m.cmd_col_variable(), cell: (row) => row.variable },
      ],
      shown,
      terminal,
    ),
  );
}

function mask({ path, value }: Setting): unknown {
  if (value === undefined || value === null) return undefined;
  if (secrets.test(path.at(-1)!)) return "***";
  // A store's or proxy's address may carry a password.
  return typeof value === "string" ? value.replace(/(\/\/[^/:@]*):[^@/]*@/, "$1:***@") : value;
}
