/** A button that asks once more before it does what can't be undone; leaving it takes the question back. */
import { useState } from "react";
import { Button } from "@mantine/core";

type SureButtonProps = {
  text: string;
  /** For a screen reader, where several buttons of a page have the same text. */
  label?: string;
  /** What will happen, as a question. */
  sure: string;
  loading: boolean;
  onSure: () => void;
};

export function SureButton({ text, label = text, sure, loading, onSure }: SureButtonProps) {
  const [asked, setAsked] = useState(false);
  return (
    <Button
      size="xs"
      variant={asked ? "light" : "subtle"}
      color="red"
      aria-label={asked ? sure : label}
      loading={loading}
      onClick={() => (asked ? onSure() : setAsked(true))}
      onBlur={() => setAsked(false)}
    >
      {asked ? sure : text}
    </Button>
  );
}
