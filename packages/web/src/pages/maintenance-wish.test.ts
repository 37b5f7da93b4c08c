import { expect, test } from "vitest";
import { dayNames, nothingPlanned, wishOfMaintenance } from "./maintenance-wish.ts";

const zone = "America/Sao_Paulo";

test("what is planned once is meant by the clock of the zone", () => {
  const fields = { ...nothingPlanned, name: " disks ", from: "2026-11-27T02:00", to: "2026-11-27T04:30" };
  expect(wishOfMaintenance(fields, zone)).toEqual({
    name: "disks",
    schedule: {
      kind: "once",
      from: "2026-11-27T05:00:00.000000Z",
      to: "2026-11-27T07:30:00.000000Z",
    },
  });
  expect(wishOfMaintenance({ ...fields, to: fields.from }, zone)).toBeNull();
  expect(wishOfMaintenance({ ...fields, from: "" }, zone)).toBeNull();
  expect(wishOfMaintenance({ ...fields, name: " " }, zone)).toBeNull();
});

test("what comes every week has days, a start and a length", () => {
  const fields = {
    ...nothingPlanned,
    name: "updates",
    machine: "m_7",
    kind: "weekly",
    days: ["7", "1"],
  } as const;
  expect(wishOfMaintenance({ ...fields, days: [...fields.days] }, zone)).toEqual({
    name: "updates",
    machine: "m_7",
    schedule: { kind: "weekly", days: [1, 7], start: "02:00", minutes: 60, timeZone: zone },
  });
  expect(wishOfMaintenance({ ...fields, days: [] }, zone)).toBeNull();
  expect(wishOfMaintenance({ ...fields, days: ["1"], minutes: "" }, zone)).toBeNull();
  expect(dayNames("en", "short")).toEqual(["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"]);
});
