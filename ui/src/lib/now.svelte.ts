// The time, kept in step for sentences like "12 minutes ago", by the clock of the central system.

const STEP = 10_000;

let ahead = 0;
let now = $state(Date.now());

setInterval(() => {
  if (!document.hidden) now = Date.now() + ahead;
}, STEP);

export function nowAbout(): number {
  return now;
}

/** Take over what time it is where the charges are booked; this device's clock may be off. */
export function setTime(iso: string): void {
  const told = Date.parse(iso);
  if (Number.isNaN(told)) return;
  ahead = told - Date.now();
  if (Math.abs(told - now) > STEP) now = told;
}
