// Labels of many spots at once: a beginning, a running number, and how wide it is written.

export interface Pattern {
  before: string;
  first: number;
  count: number;
  digits: number;
}

const MOST = 500;

/** The labels that a pattern makes: `B1-` from 1, 3 of them, 3 digits: B1-001, B1-002, B1-003. */
export function labelsOf(pattern: Pattern): string[] {
  const count = Math.min(Math.max(Math.trunc(pattern.count) || 0, 0), MOST);
  return Array.from(
    { length: count },
    (_, index) => pattern.before + String(pattern.first + index).padStart(pattern.digits, "0"),
  );
}
