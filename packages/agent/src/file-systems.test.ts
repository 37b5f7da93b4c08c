import { afterAll, expect, test } from "vitest";
import { FileSystems, type FileSystemBlocks } from "./file-systems.ts";
import { ManualClock } from "./manual-clock.ts";
import { WrittenProc } from "./testing/written-proc.ts";

const blocks: FileSystemBlocks = { bsize: 1000, blocks: 100, bfree: 40, bavail: 30, files: 20, ffree: 15 };
const proc = new WrittenProc();

afterAll(() => proc.remove());

test("a mount that hangs is not asked again, and after two of them no other is, until one answers", async () => {
  const places = ["/", "/hangs-1", "/fine", "/hangs-2", "/last"];
  proc.write(
    "proc/self/mountinfo",
    places.map((place, index) => `${index} 0 8:${index} / ${place} rw - ext4 /dev/sda${index} rw\n`).join(""),
  );
  const asked: string[] = [];
  let answer: (() => void) | undefined;
  const clock = new ManualClock(0);
  const fileSystems = new FileSystems({
    roots: proc.roots,
    clock,
    statFileSystem(mountPoint) {
      asked.push(mountPoint);
      if (!mountPoint.startsWith("/hangs")) return Promise.resolve(blocks);
      return new Promise((resolve) => {
        answer = () => resolve(blocks);
      });
    },
  });
  const first = fileSystems.list();
  await clock.advance(2);
  const { fileSystems: seen, silent } = await first;
  expect(
    seen.map(({ mountPoint, sizeBytes, usedBytes, freeBytes }) => [
      mountPoint,
      sizeBytes,
      usedBytes,
      freeBytes,
    ]),
  ).toEqual([
    ["/", 100_000, 60_000, 30_000],
    ["/fine", 100_000, 60_000, 30_000],
  ]);
  expect(silent).toEqual(["/hangs-1", "/hangs-2", "/last"]);
  expect(asked).toEqual(["/", "/hangs-1", "/fine", "/hangs-2"]);

  await fileSystems.list();
  expect(asked).toHaveLength(4);
  answer?.();
  await clock.advance(0);
  const later = fileSystems.list();
  await clock.advance(2);
  expect((await later).silent).toEqual(["/hangs-1", "/hangs-2", "/last"]);
  expect(asked.slice(4)).toEqual(["/", "/fine", "/hangs-2"]);
});

test("two that ask at the same time share one round of questions", async () => {
  proc.write("proc/self/mountinfo", "1 0 8:1 / / rw - ext4 /dev/sda1 rw\n");
  let asked = 0;
  const fileSystems = new FileSystems({
    roots: proc.roots,
    clock: new ManualClock(0),
    statFileSystem: () => {
      asked++;
      return Promise.resolve(blocks);
    },
  });
  const [one, other] = await Promise.all([fileSystems.list(), fileSystems.list()]);
  expect(other).toBe(one);
  expect(one.silent).toEqual([]);
  await fileSystems.list();
  expect(asked).toBe(2);
});
