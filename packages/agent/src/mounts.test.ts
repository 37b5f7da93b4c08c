import { expect, test } from "vitest";
import { dataMounts, parseMountInfo } from "./mounts.ts";

test("a line gives device, place, type and number; optional fields and escapes are handled", () => {
  const text =
    "28 1 253:0 / / rw shared:1 master:2 - ext4 /dev/sda1 rw\n40 28 8:1 /a\\040b /mnt/c\\011d rw - xfs /dev/sd\\134b rw\nbroken\n";
  expect(parseMountInfo(text)).toEqual([
    { device: "/dev/sda1", mountPoint: "/", fileSystem: "ext4", deviceNumber: "253:0", root: "/" },
    { device: "/dev/sd\\b", mountPoint: "/mnt/c\td", fileSystem: "xfs", deviceNumber: "8:1", root: "/a b" },
  ]);
});

function mounted(...lines: string[]): string[] {
  return dataMounts(parseMountInfo(lines.join("\n"))).map(({ mountPoint }) => mountPoint);
}

test("of several mounts of one file system its root counts, also when it is mounted last and deepest", () => {
  expect(
    mounted(
      "1 0 8:1 /www /w rw - ext4 /dev/sda1 rw",
      "2 0 8:1 / /srv/deep/inside rw - ext4 /dev/sda1 rw",
      "3 0 8:1 / /srv/shorter rw - ext4 /dev/sda1 rw",
    ),
  ).toEqual(["/srv/shorter"]);
});

test("a mount that hides another at the same place is the one that counts", () => {
  const all = dataMounts(
    parseMountInfo("1 0 8:1 / /mnt rw - ext4 /dev/sda1 rw\n2 0 8:2 / /mnt rw - ext4 /dev/sda2 rw"),
  );
  expect(all.map(({ device }) => device)).toEqual(["/dev/sda2"]);
});

test("kernel, memory and image file systems hold no data; servers come last", () => {
  expect(
    mounted(
      "1 0 0:9 / /n rw - nfs4 files:/x rw",
      "2 0 0:4 / /proc rw - proc proc rw",
      "3 0 0:5 / /tmp rw - tmpfs tmpfs rw",
      "4 0 7:0 / /snap/x ro - squashfs /dev/loop0 ro",
      "5 0 11:0 / /cdrom ro - iso9660 /dev/sr0 ro",
      "6 0 8:1 / / rw - ext4 /dev/sda1 rw",
    ),
  ).toEqual(["/", "/n"]);
});
