// The time, kept in step for sentences like "12 minutes ago".

const STEP = 10_000;

let now = $state(Date.now());

setInterval(() => {
  if (!document.hidden) now = Date.now();
}, STEP);

export function nowAbout(): number {
  return now;
}
