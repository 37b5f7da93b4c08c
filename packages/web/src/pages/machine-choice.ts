/** Which machines are shown: those of a group, with a label; and their groups in order. */
import { hasLabels, labelText, readLabel, type Machine } from "@culprit/protocol";

export type MachineChoice = {
  /** Empty: those without one. */
  group?: string | undefined;
  label?: string | undefined;
};

const byName = (a: string, b: string) => a.localeCompare(b, undefined, { numeric: true });

export function groupsOf(machines: readonly Pick<Machine, "group">[]): string[] {
  const groups = machines.flatMap(({ group }) => (group === undefined ? [] : [group]));
  return [...new Set(groups)].toSorted(byName);
}

/** As they are written: `role=db`. */
export function labelsOf(machines: readonly Pick<Machine, "labels">[]): string[] {
  return [...new Set(machines.flatMap(({ labels }) => Object.entries(labels).map(labelText)))].toSorted(
    byName,
  );
}

/** A label that can't be one, as of a damaged link, chooses nothing away. */
export function chosen<M extends Pick<Machine, "group" | "labels">>(
  machines: readonly M[],
  { group, label }: MachineChoice,
): M[] {
  const wanted = label === undefined ? null : readLabel(label);
  return machines.filter(
    (machine) =>
      (group === undefined || (machine.group ?? "") === group) &&
      // Chosen from a list, where a key alone is a label without a value.
      (wanted === null || hasLabels(machine.labels, [{ ...wanted, value: wanted.value ?? "" }])),
  );
}

/** By group, those without one last; one list without a name where there are no groups. */
export function byGroup<M extends Pick<Machine, "group">>(
  machines: readonly M[],
): { group: string | null; machines: M[] }[] {
  const groups = groupsOf(machines);
  if (groups.length === 0) return [{ group: null, machines: [...machines] }];
  return [...groups, undefined]
    .map((group) => ({
      group: group ?? null,
      machines: machines.filter((machine) => machine.group === group),
    }))
    .filter(({ machines: some }) => some.length > 0);
}
