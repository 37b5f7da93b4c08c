import { useEffect, useRef, useState } from "react";
import type { View } from "./view.ts";

/** The view as it is under the reader's hand; the page (and its URL) hears of it once the hand rests. */
export function useLiveView(view: View, onView: ((view: View) => void) | undefined) {
  const [moved, setMoved] = useState<View>();
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined);
  const [known, setKnown] = useState(view);
  if (known.from !== view.from || known.to !== view.to) {
    setKnown(view);
    setMoved(undefined);
  }
  const shown = moved ?? view;
  const latest = useRef(shown);
  useEffect(() => {
    latest.current = shown;
  }, [shown]);
  useEffect(() => () => clearTimeout(timer.current), []);
  const move = (change: (now: View) => View) => {
    if (!onView) return;
    const next = change(latest.current);
    if (next === latest.current) return;
    latest.current = next;
    setMoved(next);
    clearTimeout(timer.current);
    timer.current = setTimeout(() => onView(next), 200);
  };
  return [shown, move] as const;
}
