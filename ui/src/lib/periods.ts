// Months as people choose them, and the times between which they lie.

import { localeNow } from "./i18n.svelte.ts";
import { t } from "./i18n.svelte.ts";

export interface Choice {
  value: string;
  label: string;
}

export const ALL = "all";

/** This month as `2026-11`. */
export function monthNow(): string {
  return written(new Date());
}

/** The last months, the newest first, and the choice of all time. */
export function firstOf(months: number): Choice[] {
  const now = new Date();
  const form = new Intl.DateTimeFormat(localeNow(), { month: "long", year: "numeric" });
  const found = Array.from({ length: months }, (_, back) => {
    const first = new Date(now.getFullYear(), now.getMonth() - back, 1);
    return { value: written(first), label: form.format(first) };
  });
  return [...found, { value: ALL, label: t("sessions.all-time") }];
}

/** The bounds of a month for the API, in this place's time; none for all time. */
export function period(month: string): { from?: string; to?: string } {
  const [year, number] = month.split("-").map(Number);
  if (!year || !number) return {};
  return {
    from: new Date(year, number - 1, 1).toISOString(),
    to: new Date(year, number, 1).toISOString(),
  };
}

function written(date: Date): string {
  return `${date.getFullYear()}-${String(date.getMonth() + 1).padStart(2, "0")}`;
}
