/** What a key asks of the timeline. */
import type { Step } from "./walk.ts";

export type Command =
  | { do: "walk"; step: Step }
  /** By this share of the view. */
  | { do: "pan"; share: number }
  | { do: "zoom"; factor: number }
  | { do: "home" }
  /** Shows the steps of the lane in focus below it, or hides them. */
  | { do: "unfold" }
  | { do: "open" }
  | { do: "clear" };

export function commandOf({ key, shiftKey }: { key: string; shiftKey: boolean }): Command | undefined {
  switch (key) {
    case "ArrowLeft":
      return shiftKey ? { do: "pan", share: -0.2 } : { do: "walk", step: "previous" };
    case "ArrowRight":
      return shiftKey ? { do: "pan", share: 0.2 } : { do: "walk", step: "next" };
    case "ArrowUp":
      return { do: "walk", step: "up" };
    case "ArrowDown":
      return { do: "walk", step: "down" };
    case "PageUp":
      return { do: "pan", share: -0.8 };
    case "PageDown":
      return { do: "pan", share: 0.8 };
    case "+":
    case "=":
      return { do: "zoom", factor: 0.5 };
    case "-":
      return { do: "zoom", factor: 2 };
    case "Home":
      return { do: "home" };
    case " ":
      return { do: "unfold" };
    case "Enter":
      return { do: "open" };
    case "Escape":
      return { do: "clear" };
    default:
      return undefined;
  }
}
