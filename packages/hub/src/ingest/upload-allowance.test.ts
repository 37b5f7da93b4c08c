import { expect, test } from "vitest";
import { UploadAllowance } from "./upload-allowance.ts";

test("a machine that floods is refused until it has been quiet, and others are not", () => {
  let seconds = 0;
  const flooded: number[] = [];
  const uploads = new UploadAllowance(
    (machineId) => flooded.push(machineId),
    () => seconds,
  );
  for (let sent = 0; sent <= 1000; sent++) uploads.take(1);
  expect(() => uploads.take(1)).toThrow(
    expect.objectContaining({
      problem: expect.objectContaining({ code: "too-many-requests", retryAfterSeconds: 11 }),
    }),
  );
  uploads.take(2);
  expect(flooded).toEqual([1]);
  seconds = 11;
  uploads.take(1);
});

test("bytes count too, and what catches up after days with an upload a commit is never refused", () => {
  let seconds = 0;
  const uploads = new UploadAllowance(
    () => expect.unreachable(),
    () => seconds,
  );
  for (let sent = 0; sent < 3000; sent++) {
    uploads.take(1);
    uploads.charge(1, 4 * 1024 * 1024);
    seconds += 0.2;
  }
  const greedy = new UploadAllowance(
    () => {},
    () => seconds,
  );
  for (let sent = 0; sent < 61; sent++) greedy.charge(1, 8 * 1024 * 1024);
  expect(() => greedy.take(1)).toThrow("more than the hub takes");
});
