/**
 * The file that process accounting writes to, where somebody switched it on: what it grew by since it was read before. The
 * agent switches nothing on: such a file grows with every process of the machine.
 */
import { closeSync, fstatSync, openSync, readSync, statSync } from "node:fs";
import { accountingRecordBytes, readAccountingRecord, type AccountingRecord } from "@culprit/protocol";
import type { Roots } from "../roots.ts";

/** Of one read: some 65,000 processes. What is beyond is skipped, and counted. */
const mostBytes = 4 * 1024 * 1024;

export type Accounted = { records: AccountingRecord[]; skipped: number };

export class AccountingFile {
  readonly #paths: readonly string[];
  #path: string | null = null;
  #inode = 0;
  #offset = 0;

  /** What the file holds already is not read. */
  constructor({ var: folder }: Roots) {
    // Of Debian, and of Red Hat.
    this.#paths = [`${folder}/log/account/pacct`, `${folder}/account/pacct`];
    this.#find();
  }

  /** Nothing where there is no such file, it may not be read, or it did not grow. */
  read(): Accounted {
    const accounted: Accounted = { records: [], skipped: 0 };
    if (this.#path === null) {
      this.#find();
      return accounted;
    }
    let descriptor: number;
    try {
      descriptor = openSync(this.#path, "r");
    } catch {
      this.#path = null;
      return accounted;
    }
    try {
      const { ino, size } = fstatSync(descriptor);
      // Another file, or the same one emptied: all that it holds is new.
      if (ino !== this.#inode || size < this.#offset) [this.#inode, this.#offset] = [ino, 0];
      const whole = size - (size % accountingRecordBytes);
      const from = Math.max(this.#offset, whole - mostBytes);
      accounted.skipped = (from - this.#offset) / accountingRecordBytes;
      const bytes = Buffer.allocUnsafe(Math.max(0, whole - from));
      const length = readSync(descriptor, bytes, 0, bytes.length, from);
      for (let at = 0; at + accountingRecordBytes <= length; at += accountingRecordBytes) {
        const record = readAccountingRecord(bytes.subarray(at, at + accountingRecordBytes));
        if (record) accounted.records.push(record);
      }
      this.#offset = from + (length - (length % accountingRecordBytes));
    } finally {
      closeSync(descriptor);
    }
    return accounted;
  }

  #find(): void {
    for (const path of this.#paths) {
      const stats = statSync(path, { throwIfNoEntry: false });
      if (!stats?.isFile()) continue;
      this.#path = path;
      this.#inode = stats.ino;
      this.#offset = stats.size - (stats.size % accountingRecordBytes);
      return;
    }
  }
}
