/** What the form of a machine's name, group, labels and zone holds as text, and the change that it asks the hub for. */
import {
  isTimeZone,
  labelText,
  limits,
  machineChange,
  readLabel,
  type Labels,
  type Machine,
  type MachineChange,
} from "@culprit/protocol";

export type MachineWish = {
  name: string;
  group: string;
  /** One on each line. */
  labels: string;
  /** Empty: what its agent tells. */
  timeZone: string;
};

export type WrongWish =
  | { field: "name" | "group" | "timeZone" }
  | { field: "labels"; line: string }
  | { field: "labels"; most: number };

type Told = Pick<Machine, "name" | "group" | "labels" | "timeZone" | "timeZoneSet">;

export function wishOf({ name, group = "", labels, timeZone, timeZoneSet }: Told): MachineWish {
  return {
    name,
    group,
    labels: Object.entries(labels).map(labelText).toSorted().join("\n"),
    timeZone: timeZoneSet ? (timeZone ?? "") : "",
  };
}

/** Only what is another than in `before`, so that two who change different things do not undo each other's. */
export function changeOf(wish: MachineWish, before: MachineWish): MachineChange | WrongWish {
  const labels = labelsOf(wish.labels);
  if ("field" in labels) return labels;
  const zone = wish.timeZone.trim();
  if (zone !== "" && !isTimeZone(zone)) return { field: "timeZone" };
  const change = {
    ...(wish.name === before.name ? {} : { name: wish.name.trim() }),
    ...(wish.group === before.group ? {} : { group: wish.group.trim() || null }),
    ...(wish.labels === before.labels ? {} : { labels: labels.labels }),
    ...(wish.timeZone === before.timeZone ? {} : { timeZone: zone || null }),
  };
  const read = machineChange.safeParse(change);
  if (read.success) return read.data;
  return { field: read.error.issues[0]?.path[0] === "name" ? "name" : "group" };
}

function labelsOf(text: string): { labels: Labels } | WrongWish {
  const labels: Labels = {};
  for (const line of text.split("\n").map((one) => one.trim())) {
    if (line === "") continue;
    const label = readLabel(line);
    if (!label) return { field: "labels", line };
    labels[label.key] = label.value ?? "";
  }
  return Object.keys(labels).length > limits.labels ? { field: "labels", most: limits.labels } : { labels };
}
