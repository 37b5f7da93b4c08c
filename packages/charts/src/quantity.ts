/** Numbers with their units, rounded to what they are worth, in the reader's locale. A null or NaN is an en dash. */

/** Units as the hub names them (UCUM): `1` is a share of 0..1, `By` bytes, `s` seconds, `{x}` a count. */
export function formatQuantity(value: number | null, unit: string, locale: string): string {
  if (value === null || Number.isNaN(value)) return "–";
  switch (unit) {
    case "1":
      return formatShare(value, locale);
    case "By":
      return formatBytes(value, locale);
    case "By/s":
      return `${formatBytes(value, locale)}/s`;
    case "s":
      return formatDuration(value, locale);
    default: {
      const symbol = unit.replace(/\{[^}]*\}/g, "").replace(/^\/s$/, "/s");
      return symbol ? `${formatNumber(value, locale)}\u00a0${symbol}` : formatNumber(value, locale);
    }
  }
}

/** Three significant digits below a thousand, whole numbers above. */
export function formatNumber(value: number, locale: string): string {
  const digits = Math.abs(value) >= 1000 ? { maximumFractionDigits: 0 } : { maximumSignificantDigits: 3 };
  return numberFormat(locale, digits).format(value);
}

/** 0.0423 -> `4.2%`. */
export function formatShare(share: number, locale: string): string {
  const percent = Math.abs(share * 100);
  return numberFormat(locale, {
    style: "percent",
    maximumFractionDigits: percent < 10 && percent > 0 ? 1 : 0,
  }).format(share);
}

const byteSteps = ["B", "KiB", "MiB", "GiB", "TiB", "PiB"] as const;

export function formatBytes(bytes: number, locale: string): string {
  let step = 0;
  let amount = bytes;
  while (Math.abs(amount) >= 1024 && step < byteSteps.length - 1) {
    amount /= 1024;
    step++;
  }
  return `${formatNumber(amount, locale)}\u00a0${byteSteps[step]}`;
}

/** SI symbols, which are the same in every language: `3 ms`, `42.5 s`, `4 min 10 s`, `2 h 05 min`, `3 d 4 h`. */
export function formatDuration(seconds: number, locale: string): string {
  if (seconds < 0) return `−${formatDuration(-seconds, locale)}`;
  if (seconds === 0) return "0\u00a0s";
  if (seconds < 0.001) return `${formatNumber(seconds * 1e6, locale)}\u00a0µs`;
  if (seconds < 0.9995) return `${formatNumber(seconds * 1000, locale)}\u00a0ms`;
  if (seconds < 59.95) return `${formatNumber(seconds, locale)}\u00a0s`;
  if (seconds < 3599.5) return pair(Math.round(seconds), 60, "min", "s");
  if (seconds < 86_370) return pair(Math.round(seconds / 60), 60, "h", "min");
  return pair(Math.round(seconds / 3600), 24, "d", "h");
}

function pair(total: number, base: number, large: string, small: string): string {
  const rest = total % base;
  const whole = `${Math.floor(total / base)}\u00a0${large}`;
  return rest === 0 ? whole : `${whole} ${rest}\u00a0${small}`;
}

const formats = new Map<string, Intl.NumberFormat>();

/** Making an Intl format costs a thousand times what using one does. */
function numberFormat(locale: string, options: Intl.NumberFormatOptions): Intl.NumberFormat {
  const key = `${locale} ${JSON.stringify(options)}`;
  let format = formats.get(key);
  if (!format) formats.set(key, (format = new Intl.NumberFormat(locale, options)));
  return format;
}
