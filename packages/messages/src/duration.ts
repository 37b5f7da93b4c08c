/**
 * Durations as people read them: two neighbouring units at most, `14 min 20 s`, `1.5 s`, `340 ms`. The symbols are the
 * international ones, the same in every language; digits and decimal mark follow the locale.
 */
const units = [
  { symbol: "d", seconds: 86_400 },
  { symbol: "h", seconds: 3600 },
  { symbol: "min", seconds: 60 },
  { symbol: "s", seconds: 1 },
] as const;

export function formatDuration(seconds: number, locale: string): string {
  if (!Number.isFinite(seconds)) return "–";
  const length = Math.abs(seconds);
  const sign = seconds < 0 ? "−" : "";
  // Limits stand where rounding would carry into the next form: 59.96 s is `1 min`, not `60.0 s`.
  if (length === 0) return "0 s";
  if (length < 0.0095) return `${sign}${decimal(length * 1000, 1, locale)} ms`;
  if (length < 0.9995) return `${sign}${decimal(length * 1000, 0, locale)} ms`;
  if (length < 9.95) return `${sign}${decimal(length, 1, locale)} s`;
  return sign + inTwoUnits(length, locale);
}

function inTwoUnits(length: number, locale: string): string {
  // The first unit that the length fills; the second is the one below it, and rounding happens there.
  const first = units.findIndex((unit, at) => {
    const below = units[at + 1]?.seconds ?? 1;
    return Math.round(length / below) * below >= unit.seconds;
  });
  const big = units[first] ?? units[3];
  const small = units[first + 1];
  if (!small) return `${decimal(Math.round(length), 0, locale)} ${big.symbol}`;
  const smalls = Math.round(length / small.seconds);
  const perBig = big.seconds / small.seconds;
  const rest = smalls % perBig;
  const whole = `${decimal((smalls - rest) / perBig, 0, locale)} ${big.symbol}`;
  return rest === 0 ? whole : `${whole} ${rest} ${small.symbol}`;
}

/** By locale and digits: to make one takes longer than all else here, and an answer has hundreds of durations. */
const formats = new Map<string, Intl.NumberFormat>();

function decimal(value: number, digits: number, locale: string): string {
  const key = `${locale}/${digits}`;
  let format = formats.get(key);
  if (!format) {
    format = new Intl.NumberFormat(locale, { maximumFractionDigits: digits });
    formats.set(key, format);
  }
  return format.format(value);
}
