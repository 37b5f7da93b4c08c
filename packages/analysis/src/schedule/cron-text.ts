/** Writes the sets of a schedule as a person would write them in a crontab. */

/** Sorted; null: every day. */
export type CronSets = {
  minutes: readonly number[];
  hours: readonly number[];
  weekdays: readonly number[] | null;
  monthDays: readonly number[] | null;
};

export function describeCron({ minutes, hours, weekdays, monthDays }: CronSets): string {
  return [
    field(minutes, 60),
    field(hours, 24),
    monthDays ? listed(monthDays) : "*",
    "*",
    weekdays ? listed(weekdays) : "*",
  ].join(" ");
}

function field(numbers: readonly number[], count: number): string {
  if (numbers.length === count) return "*";
  const [first = 0, second] = numbers;
  const step = second === undefined ? 0 : second - first;
  const even = numbers.every((one, at) => one === first + at * step);
  if (numbers.length > 2 && step > 1 && even) {
    const whole = first < step && numbers.at(-1)! + step >= count;
    if (whole && first === 0) return `*/${step}`;
    return `${first}-${numbers.at(-1)}/${step}`;
  }
  return listed(numbers);
}

/** `1-5`, `1,3,5`, `0-2,9`. */
function listed(numbers: readonly number[]): string {
  const ranges: [number, number][] = [];
  for (const one of numbers) {
    const last = ranges.at(-1);
    if (last && last[1] === one - 1) last[1] = one;
    else ranges.push([one, one]);
  }
  return ranges
    .map(([low, high]) => (low === high ? `${low}` : high - low > 1 ? `${low}-${high}` : `${low},${high}`))
    .join(",");
}
