import { NotProbed, said } from "@culprit/probes";
import type { OwnProbe } from "./own-probe.ts";

/** A unit or an init script that says it runs; where there is none of that name, a process of that name. */
export const service: OwnProbe<"service"> = async ({ service: name }, { services, osProcesses, allowed }) => {
  // What the hub calls `httpd` may be another unit on this machine.
  const unit = (await allowed()).services.get(name)?.unit ?? name;
  const manager = services();
  if (isUnitName(unit) && (await manager.exists(unit))) {
    const [state = "unknown"] = await manager.states([unit]);
    if (state !== "unknown")
      return {
        state: state === "running" ? "ok" : "critical",
        numbers: [],
        ...said("service-state", { service: unit, state }),
      };
  }
  const named = osProcesses.named(unit);
  if (named === null) throw new NotProbed("the machine's processes were not looked at yet");
  const numbers = [{ label: "processes", value: named, unit: "" }];
  return named > 0
    ? { state: "ok", numbers, ...said("service-processes", { service: unit, count: named }) }
    : { state: "critical", numbers, ...said("service-absent", { service: unit }) };
};

function isUnitName(text: string): boolean {
  return /^[A-Za-z0-9_][\w.@:-]*$/.test(text);
}
