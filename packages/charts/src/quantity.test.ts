import { describe, expect, it } from "vitest";
import { formatBytes, formatDuration, formatQuantity, formatShare } from "./quantity.ts";

const plain = (text: string) => text.replaceAll("\u00a0", " ");

describe("quantities", () => {
  it.each([
    [0, "0 s"],
    [0.0000042, "4.2 µs"],
    [0.0031, "3.1 ms"],
    [0.9996, "1 s"],
    [42.49, "42.5 s"],
    [59.97, "1 min"],
    [250, "4 min 10 s"],
    [3599.7, "1 h"],
    [7500, "2 h 5 min"],
    [93_600, "1 d 2 h"],
    [-90, "−1 min 30 s"],
  ])("a duration of %d seconds reads %s", (seconds, text) => {
    expect(plain(formatDuration(seconds, "en"))).toBe(text);
  });

  it("bytes count in powers of two and stop at three digits", () => {
    expect(plain(formatBytes(0, "en"))).toBe("0 B");
    expect(plain(formatBytes(1536, "en"))).toBe("1.5 KiB");
    expect(plain(formatBytes(16 * 2 ** 30, "en"))).toBe("16 GiB");
  });

  it("a small share keeps a decimal, a large one does not", () => {
    expect(formatShare(0.0423, "en")).toBe("4.2%");
    expect(formatShare(0.423, "en")).toBe("42%");
    expect(formatShare(0, "en")).toBe("0%");
  });

  it("numbers follow the locale, and what is not there is a dash", () => {
    expect(plain(formatQuantity(1234.5, "By/s", "pt-BR"))).toBe("1,21 KiB/s");
    expect(formatQuantity(null, "s", "en")).toBe("–");
    expect(formatQuantity(Number.NaN, "1", "en")).toBe("–");
  });

  it("a unit in braces is a count and says nothing more", () => {
    expect(formatQuantity(3, "{thread}", "en")).toBe("3");
    expect(plain(formatQuantity(3, "%", "en"))).toBe("3 %");
  });
});
