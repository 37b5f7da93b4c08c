/** What both forms of a check ask for: its name, what its kind takes, how often. */
import { NumberInput, TextInput } from "@mantine/core";
import { m } from "@culprit/messages";
import { checkFields, numberFields, type CheckField, type CheckWish } from "./check-wish.ts";

const fieldNames: Record<CheckField, () => string> = {
  service: m.check_service,
  host: m.check_host,
  port: m.check_port,
  url: m.check_url,
  contains: m.check_contains,
  record: m.check_record,
  expects: m.check_expects,
  command: m.check_command,
  mountPoint: m.check_mount_point,
  warningPercent: m.check_warning_percent,
  criticalPercent: m.check_critical_percent,
  warningPerCore: m.check_warning_per_core,
  criticalPerCore: m.check_critical_per_core,
};

export function CheckFields({
  wish,
  change,
}: {
  wish: CheckWish;
  change: (some: Partial<CheckWish>) => void;
}) {
  return (
    <>
      <TextInput
        label={m.check_name()}
        required
        maxLength={200}
        value={wish.name}
        onChange={({ currentTarget }) => change({ name: currentTarget.value })}
      />
      {checkFields[wish.kind].map((field) => (
        <TextInput
          key={field}
          label={fieldNames[field]()}
          inputMode={numberFields.includes(field) ? "decimal" : "text"}
          maxLength={2000}
          value={wish.fields[field] ?? ""}
          onChange={({ currentTarget }) =>
            change({ fields: { ...wish.fields, [field]: currentTarget.value } })
          }
        />
      ))}
      <NumberInput
        label={m.check_interval()}
        min={5}
        max={86_400}
        value={wish.intervalSeconds}
        onChange={(value) => change({ intervalSeconds: Number(value) })}
      />
    </>
  );
}
