/** The mounts of /proc/self/mountinfo, and which of them hold data of their own. */

export type Mount = {
  device: string;
  mountPoint: string;
  fileSystem: string;
  /** major:minor, the same for every mount of one file system. */
  deviceNumber: string;
  /** The directory of the file system that is mounted; other than `/` for bind mounts and subvolumes. */
  root: string;
};

/** Lines of proc(5) mountinfo; the optional fields before the lone `-` vary in number. */
export function parseMountInfo(text: string): Mount[] {
  const mounts: Mount[] = [];
  for (const line of text.split("\n")) {
    const [before, after] = line.split(" - ", 2);
    const [, , deviceNumber, root, mountPoint] = before!.split(" ");
    const [fileSystem, device] = (after ?? "").split(" ");
    if (deviceNumber === undefined || root === undefined || mountPoint === undefined || !fileSystem) continue;
    mounts.push({
      device: unescapeOctal(device ?? ""),
      mountPoint: unescapeOctal(mountPoint),
      fileSystem,
      deviceNumber,
      root: unescapeOctal(root),
    });
  }
  return mounts;
}

const maxMounts = 100;
const onBlockDevice = /^\/dev\/(?!loop|sr|zram)/;
const withoutBlockDevice =
  /^(zfs|btrfs|bcachefs|overlay|nfs4?|cifs|smb3|ceph|9p|virtiofs|glusterfs|fuse\.(glusterfs|sshfs|s3fs|ceph.*))$/;
const readOnlyImage = /^(squashfs|iso9660|erofs|udf)$/;
export const onNetwork = /^(nfs4?|cifs|smb3|ceph|glusterfs|fuse\..*|9p)$/;
/** Files that container engines mount into every container. */
const engineFile = /^\/etc\/(hosts|hostname|resolv\.conf)$/;

/**
 * One mount for each file system on a disk or a server: no kernel ones, no memory, no images, and of several mounts of
 * one file system (bind mounts) the one of its root, then the shortest path.
 */
export function dataMounts(mounts: readonly Mount[]): Mount[] {
  const byMountPoint = new Map<string, Mount>();
  // A later mount hides an earlier one at the same place.
  for (const mount of mounts) byMountPoint.set(mount.mountPoint, mount);
  const byDevice = new Map<string, Mount>();
  for (const mount of byMountPoint.values()) {
    if (!holdsData(mount)) continue;
    const other = byDevice.get(mount.deviceNumber);
    if (!other || isPlainer(mount, other)) byDevice.set(mount.deviceNumber, mount);
  }
  const kept = [...byDevice.values()];
  // Local ones first: a server that hangs must not come before the machine's own disks.
  return [
    ...kept.filter((mount) => !onNetwork.test(mount.fileSystem)),
    ...kept.filter((mount) => onNetwork.test(mount.fileSystem)),
  ].slice(0, maxMounts);
}

function holdsData({ device, fileSystem, mountPoint }: Mount): boolean {
  if (readOnlyImage.test(fileSystem) || engineFile.test(mountPoint)) return false;
  // Every container's overlay shows on the machine itself too; only its own root counts.
  if (fileSystem === "overlay") return mountPoint === "/";
  return onBlockDevice.test(device) || withoutBlockDevice.test(fileSystem);
}

function isPlainer(one: Mount, other: Mount): boolean {
  if ((one.root === "/") !== (other.root === "/")) return one.root === "/";
  return one.mountPoint.length < other.mountPoint.length;
}

function unescapeOctal(text: string): string {
  return text.replace(/\\([0-7]{3})/g, (_all, digits: string) =>
    String.fromCharCode(Number.parseInt(digits, 8)),
  );
}
