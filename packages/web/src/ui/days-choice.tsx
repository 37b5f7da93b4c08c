import { SegmentedControl } from "@mantine/core";
import { m } from "@culprit/messages";

export const dayChoices = [1, 7, 30, 90] as const;
export type Days = (typeof dayChoices)[number];

type DaysChoiceProps = {
  /** None where another time is shown. */
  days: Days | undefined;
  onChange: (days: Days) => void;
};

export function DaysChoice({ days, onChange }: DaysChoiceProps) {
  return (
    <SegmentedControl
      size="xs"
      aria-label={m.span()}
      value={days === undefined ? "" : String(days)}
      data={dayChoices.map((choice) => ({ value: String(choice), label: m.days({ count: choice }) }))}
      onChange={(value) => {
        const chosen = dayChoices.find((choice) => String(choice) === value);
        if (chosen) onChange(chosen);
      }}
    />
  );
}
