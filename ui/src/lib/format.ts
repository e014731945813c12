// Numbers, energy, power, times and durations as people read them, by their language and country.

import { localeNow, t } from "./i18n.svelte.ts";

const NARROW_BLANK = "\u202f";
const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

export interface Measured {
  number: string;
  unit: string;
}

/** A number with so many digits after the point. */
export function number(value: number, digits = 0): string {
  return new Intl.NumberFormat(localeNow(), {
    minimumFractionDigits: digits,
    maximumFractionDigits: digits,
  }).format(value);
}

/** Energy in kWh, from Wh. */
export function energy(wh: number): Measured {
  return { number: number(wh / 1000, 2), unit: "kWh" };
}

/** Power in kW, from W. */
export function power(watts: number): Measured {
  return { number: number(watts / 1000, 1), unit: "kW" };
}

/** Number and unit in one text, with a blank that never breaks. */
export function text(measured: Measured): string {
  return `${measured.number}${NARROW_BLANK}${measured.unit}`;
}

/** Date and time to the minute. */
export function moment(iso: string | null | undefined): string {
  if (!iso) return "–";
  return new Intl.DateTimeFormat(localeNow(), { dateStyle: "medium", timeStyle: "short" }).format(
    new Date(iso),
  );
}

/** The day alone. */
export function day(iso: string | null | undefined): string {
  if (!iso) return "–";
  return new Intl.DateTimeFormat(localeNow(), { dateStyle: "medium" }).format(new Date(iso));
}

/** The time of day, to the second where that is told apart. */
export function clock(iso: string, seconds = false): string {
  return new Intl.DateTimeFormat(localeNow(), {
    timeStyle: seconds ? "medium" : "short",
  }).format(new Date(iso));
}

/** How long something lasted: `2 h 05 min`. */
export function duration(milliseconds: number): string {
  const minutes = Math.max(Math.round(milliseconds / MINUTE), 0);
  const hours = Math.floor(minutes / 60);
  const rest = minutes % 60;
  if (hours === 0) return t("time.minutes", { minutes: String(rest) });
  return t("time.hours", { hours: String(hours), minutes: String(rest).padStart(2, "0") });
}

/** How long ago something was, in the largest unit that fits. */
export function ago(iso: string, now: number): string {
  const passed = now - new Date(iso).getTime();
  const relative = new Intl.RelativeTimeFormat(localeNow(), { numeric: "auto" });
  if (passed < MINUTE) return relative.format(-Math.max(Math.round(passed / 1000), 0), "second");
  if (passed < HOUR) return relative.format(-Math.round(passed / MINUTE), "minute");
  if (passed < DAY) return relative.format(-Math.round(passed / HOUR), "hour");
  return relative.format(-Math.round(passed / DAY), "day");
}
