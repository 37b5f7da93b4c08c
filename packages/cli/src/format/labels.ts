import { labelText, type Machine } from "@culprit/protocol";

export function labelsText({ labels }: Pick<Machine, "labels">): string {
  return Object.entries(labels).map(labelText).toSorted().join(", ");
}
