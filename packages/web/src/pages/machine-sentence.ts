import { isNeverHeard, type Machine } from "@culprit/protocol";
import { formatNumber, formatShare } from "@culprit/charts";
import { m } from "@culprit/messages";
import { clockSentence } from "../ui/machine-clock.ts";

/** What the machine is doing now, and what about it needs care. */
export function machineSentence(machine: Machine, locale: string): string {
  const { name, state, now } = machine;
  if (state === "silent" && isNeverHeard(machine)) return m.machine_has_no_agent({ machine: name });
  const sentences = [stateSentence(name, state)];
  if (state === "online" && now) {
    const share = (value: number | null) => (value === null ? "–" : formatShare(value, locale));
    sentences.push(
      m.machine_now({ cpu: share(now.cpuShare), memory: share(now.memoryShare), disk: share(now.diskShare) }),
    );
  }
  if (now?.lessOften !== undefined)
    sentences.push(m.machine_looked_at_less({ factor: formatNumber(now.lessOften, locale) }));
  const clock = clockSentence(machine, locale);
  if (clock !== undefined) sentences.push(clock);
  return sentences.join(" ");
}

function stateSentence(machine: string, state: Machine["state"]): string {
  const sentences: Record<Machine["state"], () => string> = {
    online: () => m.machine_is_online({ machine }),
    late: () => m.machine_is_late({ machine }),
    silent: () => m.machine_is_silent({ machine }),
    unreachable: () => m.machine_is_unreachable({ machine }),
    down: () => m.machine_is_down({ machine }),
    paused: () => m.machine_is_paused({ machine }),
  };
  return sentences[state]();
}
