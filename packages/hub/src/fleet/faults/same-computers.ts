/** Machines whose agents told the same id of their computer: each with at most ten others, by their numbers. */
export function sameComputers(
  agents: readonly { id: number; machineId: string | null }[],
): Map<number, number[]> {
  const groups = new Map<string, number[]>();
  for (const { id, machineId } of agents) {
    if (machineId === null) continue;
    const group = groups.get(machineId);
    if (group) group.push(id);
    else groups.set(machineId, [id]);
  }
  const others = new Map<number, number[]>();
  for (const group of groups.values())
    if (group.length > 1) {
      const shown = group.slice(0, 11);
      for (const id of group) others.set(id, shown.filter((one) => one !== id).slice(0, 10));
    }
  return others;
}
