import { describe, expect, test } from "vitest";
import { ContactLog, type ContactKey } from "./contact-log.ts";

const line = (host: string, user: string, minute: number) => {
  const time = new Date(Date.UTC(2026, 10, 23, 3, minute)).toISOString();
  return `${host} - ${user} [23/Nov/2026:${time.slice(11, 19)} +0000] "GET /contact HTTP/1.1" 200 2`;
};
const all = { from: -Infinity, to: Infinity };

function read(lines: readonly string[], by?: ContactKey, window = all) {
  const log = new ContactLog(60, window, by);
  for (const text of lines) log.read(text);
  return { log, rows: log.availability() };
}
const minutes = (from: number, to: number) => Array.from({ length: to - from }, (_, index) => from + index);

describe("a contact log", () => {
  const steady = minutes(0, 60).map((minute) => line("10.0.0.1", "-", minute));

  test("tells of gaps between contacts, one late or lost contact being none", () => {
    const other = minutes(0, 60)
      .filter((minute) => minute !== 5 && (minute < 20 || minute >= 30))
      .map((minute) => line("10.0.0.2", "-", minute));
    const { rows } = read([...steady, ...other].toSorted((a, b) => timeIn(a) - timeIn(b)));
    expect(rows).toMatchObject([
      { machine: "10.0.0.1", contacts: 60, share: 1, incidents: [] },
      {
        machine: "10.0.0.2",
        contacts: 49,
        share: 48 / 59,
        incidents: [
          {
            kind: "down",
            start: "2026-11-23T03:19:00.000000Z",
            end: "2026-11-23T03:30:00.000000Z",
            seconds: 660,
          },
        ],
      },
    ]);
  });

  test("in which nobody is for a while knows nothing of that time; one that stays away is still down", () => {
    const others = ["10.0.0.2", "10.0.0.3"];
    const lines = [...minutes(0, 20), ...minutes(40, 60)].flatMap((minute) => [
      line("10.0.0.1", "-", minute),
      ...(minute === 19 ? [] : [line(others[0]!, "-", minute)]),
      ...(minute >= 50 ? [] : [line(others[1]!, "-", minute)]),
    ]);
    const { rows } = read(lines);
    expect(rows.map(({ share, seconds, incidents }) => [share, seconds.unknown, incidents.length])).toEqual([
      [1, 21 * 60, 0],
      [1, 22 * 60, 0],
      [expect.closeTo(28 / 38), 21 * 60, 1],
    ]);
    expect(rows[2]!.incidents[0]).toMatchObject({ end: null, seconds: 600 });
  });

  test("tells machines apart by user where the server knows one, and cuts the window", () => {
    const lines = [line("10.0.0.1", "web-1", 0), line("10.0.0.1", "web-2", 0), line("10.0.0.9", "-", 1)];
    expect(read(lines).rows.map(({ machine }) => machine)).toEqual(["web-1", "web-2", "10.0.0.9"]);
    expect(read(lines, "host").rows.map(({ machine }) => machine)).toEqual(["10.0.0.1", "10.0.0.9"]);
    expect(read(lines, "user").rows).toHaveLength(2);
    const from = Date.UTC(2026, 10, 23, 3, 1) * 1000;
    expect(read(lines, "host", { from, to: Infinity }).rows).toHaveLength(1);
  });

  test("leaves out what was planned, and no more than that of a time without contacts", () => {
    const at = (minute: number) => Date.UTC(2026, 10, 23, 3, minute) * 1000;
    const lines = minutes(0, 60).flatMap((minute) => [
      line("h", "web-1", minute),
      ...(minute >= 20 && minute < 40 ? [] : [line("h", "web-2", minute)]),
    ]);
    const { log } = read(lines);
    const [other, down] = log.availability((machine) =>
      machine === "web-2" ? [{ from: at(15), to: at(30) }] : [],
    );
    expect(other).toMatchObject({ share: 1, seconds: { maintenance: 0 } });
    // Down from its last contact (:19) to the next (:40); until :30 that was planned.
    expect(down!.seconds).toMatchObject({ down: 600, maintenance: 900, up: 59 * 60 - 1500 });
    expect(down!.incidents).toMatchObject([{ seconds: 600, planned: false }]);
  });

  test("may hold anything: what is no line of such a log is counted and left", () => {
    const { log, rows } = read(["", "nonsense", `${"x".repeat(5000)} - - [`, line("h", "-", 0)]);
    expect(log.skipped).toBe(2);
    expect(rows).toHaveLength(1);
    expect(new ContactLog(60, all).empty).toBe(true);
  });
});

function timeIn(text: string): number {
  const [, hour, minute] = /:(\d\d):(\d\d):/.exec(text)!;
  return Number(hour) * 60 + Number(minute);
}
