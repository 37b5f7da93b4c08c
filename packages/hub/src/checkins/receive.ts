/** One request of a client, from its key to the commit. */
import { ProblemError, type CheckinSignal, type CheckinVendor } from "@culprit/protocol";
import type { Hub } from "../context.ts";
import type { CheckinRow, CheckinSchedule } from "../store/store.ts";
import { checkinOf, holderOf } from "./admit.ts";
import { applySignal } from "./runs.ts";
import type { Reading, Signal } from "./signal.ts";

/** Answers whether it made a check-in. Resolves after COMMIT. */
export async function receive(
  hub: Hub,
  vendor: CheckinVendor,
  reading: Reading,
  address: string,
): Promise<boolean> {
  const count = (result: "accepted" | "refused" | "ignored", by: number) =>
    hub.counters.add("culprit_checkins_total", `vendor="${vendor}",result="${result}"`, by);
  let accepted = 0;
  let madeOne = false;
  try {
    const holder = await holderOf(hub, reading.key, address);
    if (reading.ignored > 0) count("ignored", reading.ignored);
    for (const checkIn of reading.checkIns) {
      const { checkin, created } = await checkinOf(hub, holder, checkIn);
      hub.checkIns.admit(checkin.checkinId);
      await learn(hub, checkin, checkIn.schedule);
      await applySignal(hub, checkin, vendor, checkIn.signal);
      hub.checkIns.heard(checkin.checkinId, nameOf(checkIn.signal));
      accepted++;
      madeOne ||= created;
    }
    return madeOne;
  } finally {
    count("accepted", accepted);
    if (accepted < reading.checkIns.length) count("refused", reading.checkIns.length - accepted);
  }
}

function nameOf({ event, outcome }: Signal): CheckinSignal {
  return event === "end" ? outcome : event;
}

/** What a client tells of when its runs are due. One that can't be read is kept, and expected of nobody: the check-in counts. */
async function learn(
  hub: Hub,
  { checkinId, machineId, process, schedule: held }: CheckinRow,
  schedule: CheckinSchedule | undefined,
): Promise<void> {
  if (schedule === undefined || JSON.stringify(schedule) === JSON.stringify(held)) return;
  const [processId] = await hub.catalogue.processes.idsOf([process]);
  const subject = { processId: processId!, machineId, source: "check-in" as const };
  await hub.supervision.expect({ ...subject, ...schedule }).catch(async (error: unknown) => {
    if (!(error instanceof ProblemError)) throw error;
    hub.log.warn(
      { checkin: checkinId, reason: error.message },
      "the schedule of a check-in is not understood",
    );
    await hub.supervision.forget(subject);
  });
  await hub.store.checkins.setSchedule(checkinId, schedule);
}
