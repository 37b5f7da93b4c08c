import { constants, fsyncSync, openSync, readSync, writeSync } from "node:fs";
import { randomFillSync } from "node:crypto";
import { join } from "node:path";
import type { Benchmark } from "../benchmark.ts";
import { checkDisk, directBuffer, openDirect, withFile } from "../disk-file.ts";
import { rateOf } from "../rate.ts";

const blockBytes = 4096;
const fileBytes = 32 * 1024 * 1024;
const partBytes = 1024 * 1024;
/** 64 MiB in all. */
const mostReads = 16_384;

/** Reads of 4 KiB at random places, one at a time, past the page cache. */
export const diskRead: Benchmark = {
  name: "disk-read",
  unit: "{read}/s",
  instrument: () => "1",
  run({ seconds, folder }) {
    checkDisk(folder);
    const path = join(folder, "read");
    withFile(openSync(path, constants.O_WRONLY | constants.O_CREAT | constants.O_EXCL, 0o600), (file) => {
      const part = Buffer.alloc(partBytes);
      for (let done = 0; done < fileBytes; done += partBytes) writeSync(file, randomFillSync(part));
      fsyncSync(file);
    });
    return withFile(openDirect(path, constants.O_RDONLY), (file) => {
      const block = directBuffer(file, blockBytes);
      let place = 1;
      const read = () => {
        // A generator of full period (Knuth's constants) over the blocks of the file.
        place = (Math.imul(place, 1_664_525) + 1_013_904_223) >>> 0;
        const number = Math.floor((place / 2 ** 32) * (fileBytes / blockBytes));
        readSync(file, block, 0, blockBytes, number * blockBytes);
      };
      return rateOf(read, { seconds, mostUnits: mostReads });
    });
  },
};
