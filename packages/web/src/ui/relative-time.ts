/** `3 minutes ago` in the reader's language; both in milliseconds since 1970. */
export function relativeTime(time: number, now: number, locale: string): string {
  const seconds = (time - now) / 1000;
  const [amount, unit] = inUnit(seconds);
  return new Intl.RelativeTimeFormat(locale, { numeric: "auto", style: "short" }).format(amount, unit);
}

function inUnit(seconds: number): [number, Intl.RelativeTimeFormatUnit] {
  const size = Math.abs(seconds);
  if (size < 10) return [0, "second"];
  if (size < 60) return [Math.trunc(seconds), "second"];
  if (size < 3600) return [Math.trunc(seconds / 60), "minute"];
  if (size < 86_400) return [Math.trunc(seconds / 3600), "hour"];
  return [Math.trunc(seconds / 86_400), "day"];
}
