import { m } from "@culprit/messages";
import type { Column } from "./data-table.tsx";

/** Which OS process, and whose. A row with pid 0 stands for several. */
export function osProcessColumns<Row extends { name: string; user: string; pid: number }>(): Column<Row>[] {
  return [
    { key: "name", title: m.os_process(), value: ({ name }) => name },
    { key: "user", title: m.user(), value: ({ user }) => user },
    {
      key: "pid",
      title: m.pid(),
      numeric: true,
      value: ({ pid }) => pid,
      cell: ({ pid }) => <span className="figure">{pid}</span>,
    },
  ];
}
