import { fc, test as property } from "@fast-check/vitest";
import { expect, test } from "vitest";
import { emptyStatLine, parseStat } from "./parse-stat.ts";

function parse(text: string | Buffer) {
  const bytes = Buffer.isBuffer(text) ? text : Buffer.from(text);
  const line = emptyStatLine();
  return parseStat(bytes, bytes.length, line)
    ? { ...line, name: bytes.toString("utf8", line.nameFrom, line.nameTo) }
    : null;
}

const numbers =
  "1 8434 5344 0 -1 4194304 102 7 3 1 11 22 33 44 20 0 5 0 117590 2998272 415 18446744073709551615";

test("a line of a kernel gives parent, times, threads, start and memory", () => {
  expect(parse(`8451 (head) R ${numbers} 1 2 3\n`)).toMatchObject({
    name: "head",
    zombie: false,
    parentPid: 1,
    flags: 4_194_304,
    majorFaults: 3,
    ownTicks: 33,
    waitedTicks: 77,
    threads: 5,
    startTicks: 117_590,
    rssPages: 415,
  });
});

test("a process that has ended and that nobody has waited for is known by its state, not by its name", () => {
  expect(parse(`7 (Z) S ${numbers} 1\n`)).toMatchObject({ zombie: false });
  expect(parse(`7 (sh) Z ${numbers} 1\n`)).toMatchObject({ zombie: true });
});

test("names hold spaces, parentheses and line breaks", () => {
  for (const name of ["a b", "(sd-pam)", ") R 1 2 3", "a)b(c", "x\ny", "()", "", ")".repeat(15)])
    expect(parse(`7 (${name}) S ${numbers} 1\n`)).toMatchObject({ name, parentPid: 1, rssPages: 415 });
});

test("a name that is no UTF-8 does not disturb the numbers", () => {
  const line = Buffer.concat([
    Buffer.from("7 (caf"),
    Buffer.from([0xe9, 0xff]),
    Buffer.from(`) S ${numbers} 1\n`),
  ]);
  expect(parse(line)).toMatchObject({ name: "caf��", startTicks: 117_590 });
});

test("negative numbers are read", () => {
  expect(parse("7 (x) S -1 8 8 0 -1 0 0 0 0 0 0 0 -2 0 20 -19 1 0 5 0 -3 1\n")).toMatchObject({
    parentPid: -1,
    rssPages: -3,
    waitedTicks: -2,
  });
});

test.each([
  "",
  "8451",
  "8451 (head",
  "8451 (head)",
  "8451 (head) R",
  "\0\0\0",
  "no (x) y z",
  cutBefore(" 415"),
])("a line that is cut short, empty or no line at all is refused: %j", (text) => {
  expect(parse(text)).toBeNull();
});

function cutBefore(column: string): string {
  const whole = `8451 (head) R ${numbers} 1\n`;
  return whole.slice(0, whole.indexOf(column));
}

property.prop([
  fc.uint8Array({ maxLength: 64 }),
  fc.array(fc.nat(2 ** 40), { minLength: 30, maxLength: 49 }),
])("any name and any numbers come back as they were written", (name, values) => {
  const line = parse(Buffer.concat([Buffer.from("1 ("), name, Buffer.from(`) S ${values.join(" ")}\n`)]));
  expect(line).toMatchObject({
    name: Buffer.from(name).toString("utf8"),
    parentPid: values[0],
    ownTicks: values[10]! + values[11]!,
    waitedTicks: values[12]! + values[13]!,
    threads: values[16],
    startTicks: values[18],
    rssPages: values[20],
  });
});

property.prop([fc.uint8Array({ maxLength: 300 })])(
  "any bytes are parsed or refused, never an endless walk",
  (bytes) => {
    expect([true, false]).toContain(parseStat(bytes, bytes.length, emptyStatLine()));
  },
);
