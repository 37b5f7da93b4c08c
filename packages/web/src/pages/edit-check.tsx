/** Changes a check. A login in its address and the values of its query are stars here, which the hub takes for those that it has. */
import { useState } from "react";
import { Button } from "@mantine/core";
import type { Check } from "@culprit/protocol";
import { m } from "@culprit/messages";
import { useChangeCheck } from "../api/checks.ts";
import { Section } from "../ui/page.tsx";
import { Failed } from "../ui/states.tsx";
import { CheckFields } from "./check-fields.tsx";
import { checkOf, wishOf } from "./check-wish.ts";

export function EditCheck({ check, onDone }: { check: Check; onDone: () => void }) {
  const save = useChangeCheck();
  const [wish, setWish] = useState(() => wishOf(check));
  const wanted = checkOf(wish, check.target);
  return (
    <Section title={m.check_edit_of({ check: check.name })}>
      <form
        className="settings"
        onSubmit={(event) => {
          event.preventDefault();
          if (!wanted) return;
          const { name, target, intervalSeconds } = wanted;
          save.mutate({ id: check.id, change: { name, target, intervalSeconds } }, { onSuccess: onDone });
        }}
      >
        <CheckFields wish={wish} change={(some) => setWish((before) => ({ ...before, ...some }))} />
        <Button type="submit" variant="default" disabled={!wanted} loading={save.isPending}>
          {m.check_save()}
        </Button>
        <Button variant="subtle" onClick={onDone}>
          {m.check_close()}
        </Button>
      </form>
      {save.isError && <Failed error={save.error} />}
    </Section>
  );
}
