import { constants, fdatasyncSync, fsyncSync, openSync, writeSync } from "node:fs";
import { randomFillSync } from "node:crypto";
import { join } from "node:path";
import type { Benchmark } from "../benchmark.ts";
import { checkDisk, withFile } from "../disk-file.ts";
import { rateOf } from "../rate.ts";

const blockBytes = 4096;
const fileBytes = 4 * 1024 * 1024;
/** 32 MiB in all. */
const mostWrites = 8192;

/** Writes of 4 KiB, each on the disk before the next begins (fdatasync): what commits of databases wait for. */
export const diskWrite: Benchmark = {
  name: "disk-write",
  unit: "{write}/s",
  instrument: () => "1",
  run({ seconds, folder }) {
    checkDisk(folder);
    const block = randomFillSync(Buffer.alloc(blockBytes));
    const flags = constants.O_RDWR | constants.O_CREAT | constants.O_EXCL;
    return withFile(openSync(join(folder, "write"), flags, 0o600), (file) => {
      // Over blocks that are there: to make a file longer is other work.
      writeSync(file, randomFillSync(Buffer.alloc(fileBytes)));
      fsyncSync(file);
      let position = 0;
      const write = () => {
        writeSync(file, block, 0, blockBytes, position);
        fdatasyncSync(file);
        position = (position + blockBytes) % fileBytes;
      };
      return rateOf(write, { seconds, mostUnits: mostWrites });
    });
  },
};
