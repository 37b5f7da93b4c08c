import { readFileSync } from "node:fs";
import type { Roots } from "../roots.ts";

export type KernelConstants = { pageBytes: number; ticksPerSecond: number };

const pageSizeEntry = 6n;
const clockTicksEntry = 17n;

/** From the auxiliary vector that the kernel gives every program: pairs of 64-bit words. */
export function parseAuxiliaryVector(bytes: Uint8Array): KernelConstants {
  const constants = { pageBytes: 4096, ticksPerSecond: 100 };
  const words = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  for (let at = 0; at + 16 <= bytes.byteLength; at += 16) {
    const entry = words.getBigUint64(at, true);
    const value = Number(words.getBigUint64(at + 8, true));
    if (entry === pageSizeEntry) constants.pageBytes = value;
    if (entry === clockTicksEntry) constants.ticksPerSecond = value;
  }
  return constants;
}

export function readKernelConstants({ proc }: Roots): KernelConstants {
  try {
    return parseAuxiliaryVector(readFileSync(`${proc}/self/auxv`));
  } catch {
    return parseAuxiliaryVector(new Uint8Array());
  }
}
