import { Link } from "@tanstack/react-router";
import { checkSeverity, type Check } from "@culprit/protocol";
import { m } from "@culprit/messages";
import { checkStateName } from "@culprit/messages/check-names";
import { checkKindNames, CheckStateMark } from "./check-state.tsx";
import type { Column } from "./data-table.tsx";

/** How a check is, which it is, and of what kind. */
export function checkColumns(): Column<Check>[] {
  return [
    {
      key: "state",
      title: m.state(),
      // Sorted by how bad it is; the export has the word.
      value: (check) => `${checkSeverity(check)} ${checkStateName(check)}`,
      cell: (check) => <CheckStateMark check={check} />,
    },
    {
      key: "name",
      title: m.check(),
      value: ({ name }) => name,
      cell: ({ id, name }) => (
        <Link to="/checks/$check" params={{ check: id }}>
          {name}
        </Link>
      ),
    },
    { key: "kind", title: m.check_kind(), value: ({ target }) => checkKindNames[target.kind]() },
  ];
}
