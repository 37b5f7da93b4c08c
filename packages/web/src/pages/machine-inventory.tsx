import { labelText, type Machine } from "@culprit/protocol";
import { m } from "@culprit/messages";
import { Facts } from "../ui/facts.tsx";
import { Quantity } from "../ui/quantity.tsx";
import { Instant } from "../ui/time.tsx";

export function Inventory({ machine }: { machine: Machine }) {
  const { computer } = machine;
  return (
    <Facts
      facts={[
        [m.fleet_group(), machine.group],
        [m.fleet_labels(), Object.entries(machine.labels).map(labelText).toSorted().join(", ")],
        [m.fleet_heard_from(), machine.address],
        [m.fleet_addresses(), computer?.addresses?.join(", ")],
        [m.operating_system(), computer?.os],
        [m.kernel(), computer?.kernel],
        [m.processor(), computer?.cpuModel],
        [m.cores(), computer?.cpuCores],
        [m.memory_size(), computer && <Quantity key="" value={computer.memoryBytes} unit="By" />],
        [m.swap_size(), computer && <Quantity key="" value={computer.swapBytes} unit="By" />],
        [m.time_zone(), zoneText(machine)],
        [m.booted(), computer && <Instant key="" at={computer.bootedAt / 1000} />],
        [m.agent(), computer?.agentVersion],
        [m.channel(), machine.connected ? m.channel_open() : m.channel_closed()],
        [m.enrolled(), <Instant key="" at={machine.enrolledAt} />],
        [m.last_sample(), machine.lastSampleAt && <Instant key="" at={machine.lastSampleAt} />],
      ]}
    />
  );
}

function zoneText({ timeZone, timeZoneSet }: Machine): string | undefined {
  return timeZone !== undefined && timeZoneSet ? m.fleet_zone_said({ zone: timeZone }) : timeZone;
}
