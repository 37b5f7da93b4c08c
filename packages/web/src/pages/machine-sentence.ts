import { isNeverHeard, type Machine } from "@culprit/protocol";
import { formatDuration, formatNumber, formatShare } from "@culprit/charts";
import { m } from "@culprit/messages";

/** What the machine is doing now, and what about it needs care. */
export function machineSentence(machine: Machine, locale: string): string {
  const { name, state, now, clockOffsetSeconds = 0 } = machine;
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
  if (Math.abs(clockOffsetSeconds) >= 2)
    sentences.push(
      clockOffsetSeconds > 0
        ? m.machine_clock_ahead({ offset: formatDuration(clockOffsetSeconds, locale) })
        : m.machine_clock_behind({ offset: formatDuration(-clockOffsetSeconds, locale) }),
    );
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
