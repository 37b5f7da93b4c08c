/**
 * The hour of the week, from Monday 0:00 in a time zone, of instants. The zone's offset is asked of Intl once a day, and
 * each quarter of an hour on the days on which it changes: all changes of clocks fall on quarters, in UTC too.
 */

export const hoursOfWeek = 168;

const quarter = 900;
const day = 86_400;
const hour = 3600;
/** The first Monday after 1970-01-01, a Thursday. */
const monday = 4 * day;

/** For seconds since 1970 the hour of the week, 0..167. RangeError if there is no such zone. */
export function hourOfWeekIn(zone: string): (at: number) => number {
  const format = new Intl.DateTimeFormat("en", { timeZone: zone, timeZoneName: "longOffset" });
  const known = new Map<number, number>();
  const offsetAt = (at: number): number => {
    let offset = known.get(at);
    if (offset === undefined) known.set(at, (offset = readOffset(format, at)));
    return offset;
  };
  // Runs come in the order of their starts: most are on the day of the one before.
  let midnight = NaN;
  let offset = 0;
  let changes = false;
  return (at) => {
    if (!(at >= midnight && at < midnight + day)) {
      midnight = Math.floor(at / day) * day;
      offset = offsetAt(midnight);
      changes = offset !== offsetAt(midnight + day);
    }
    const local = at + (changes ? offsetAt(Math.floor(at / quarter) * quarter) : offset);
    const inWeek = (local - monday) % (hoursOfWeek * hour);
    return Math.floor(inWeek / hour + hoursOfWeek) % hoursOfWeek;
  };
}

/** Seconds east of Greenwich. */
function readOffset(format: Intl.DateTimeFormat, at: number): number {
  const name = format.formatToParts(at * 1000).find(({ type }) => type === "timeZoneName")?.value ?? "";
  const [, sign, hours, minutes = "0", seconds = "0"] = /GMT([+-])(\d+):?(\d+)?:?(\d+)?/.exec(name) ?? [];
  if (hours === undefined) return 0;
  return (sign === "-" ? -1 : 1) * (Number(hours) * hour + Number(minutes) * 60 + Number(seconds));
}
