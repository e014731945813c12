// Short notes about what was just done, with a way back where there is one.

import { sentenceOf } from "./api.ts";
import { t } from "./i18n.svelte.ts";

export interface Toast {
  id: number;
  text: string;
  tone: "done" | "problem";
  undo?: { label: string; act: () => void };
}

const SHOWN_MILLISECONDS = 6_000;
const UNDO_MILLISECONDS = 12_000;
const MOST = 4;

let last = 0;
let shown = $state<Toast[]>([]);

export function toasts(): Toast[] {
  return shown;
}

export function tell(text: string, tone: Toast["tone"] = "done", undo?: Toast["undo"]): void {
  const toast: Toast = undo === undefined ? { id: ++last, text, tone } : { id: ++last, text, tone, undo };
  shown = [...shown, toast].slice(-MOST);
  setTimeout(() => dismiss(toast.id), undo === undefined ? SHOWN_MILLISECONDS : UNDO_MILLISECONDS);
}

/** Tell what was done, with a way back: `back` puts things as they were. */
export function tellUndoable(text: string, back: () => Promise<void>): void {
  const act = (): void => {
    back().then(
      () => tell(t("act.undone")),
      (thrown: unknown) => tell(sentenceOf(thrown), "problem"),
    );
  };
  tell(text, "done", { label: t("act.undo"), act });
}

export function dismiss(id: number): void {
  shown = shown.filter((each) => each.id !== id);
}
