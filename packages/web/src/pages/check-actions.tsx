/** What an operator may do with a check; removing asks once more. */
import { useState } from "react";
import { useNavigate } from "@tanstack/react-router";
import { ActionIcon, Button, Menu } from "@mantine/core";
import {
  IconDots,
  IconPencil,
  IconPlayerPlay,
  IconPlayerStop,
  IconRefresh,
  IconTrash,
} from "@tabler/icons-react";
import type { Check } from "@culprit/protocol";
import { m } from "@culprit/messages";
import { useCheckAction, useRemoveCheck, type CheckAction } from "../api/checks.ts";
import { Failed } from "../ui/states.tsx";

export function CheckActions({ check: { id, name, running } }: { check: Check }) {
  const navigate = useNavigate({ from: "/checks" });
  const act = useCheckAction();
  const remove = useRemoveCheck();
  const [asked, setAsked] = useState(false);
  const failed = act.error ?? remove.error;
  const item = (action: CheckAction, text: string, icon: React.ReactNode) => (
    <Menu.Item leftSection={icon} onClick={() => act.mutate({ id, action })}>
      {text}
    </Menu.Item>
  );
  if (asked)
    return (
      <Button
        size="xs"
        variant="light"
        color="red"
        loading={remove.isPending}
        onClick={() => remove.mutate(id)}
        ref={(button) => button?.focus()}
        onBlur={() => setAsked(false)}
      >
        {m.check_remove_sure({ check: name })}
      </Button>
    );
  return (
    <>
      <Menu position="bottom-end">
        <Menu.Target>
          <ActionIcon
            variant="subtle"
            color="gray"
            loading={act.isPending}
            aria-label={m.check_actions_of({ check: name })}
          >
            <IconDots size={16} aria-hidden />
          </ActionIcon>
        </Menu.Target>
        <Menu.Dropdown>
          {item("run", m.check_run(), <IconRefresh size={14} aria-hidden />)}
          {running
            ? item("stop", m.check_stop(), <IconPlayerStop size={14} aria-hidden />)
            : item("start", m.check_start(), <IconPlayerPlay size={14} aria-hidden />)}
          <Menu.Item
            leftSection={<IconPencil size={14} aria-hidden />}
            onClick={() => void navigate({ search: { edit: id }, resetScroll: false })}
          >
            {m.check_edit()}
          </Menu.Item>
          <Menu.Item
            color="red"
            leftSection={<IconTrash size={14} aria-hidden />}
            onClick={() => setAsked(true)}
          >
            {m.check_remove()}
          </Menu.Item>
        </Menu.Dropdown>
      </Menu>
      {failed && <Failed error={failed} />}
    </>
  );
}
