import { SegmentedControl } from "@mantine/core";
import { m } from "@culprit/messages";

export const dayChoices = [1, 7, 30, 90] as const;
export type Days = (typeof dayChoices)[number];

export function DaysChoice({ days, onChange }: { days: Days; onChange: (days: Days) => void }) {
  return (
    <SegmentedControl
      size="xs"
      aria-label={m.span()}
      value={String(days)}
      data={dayChoices.map((choice) => ({ value: String(choice), label: m.days({ count: choice }) }))}
      onChange={(value) => onChange(dayChoices.find((choice) => String(choice) === value) ?? days)}
    />
  );
}
