// Which rows of a long list are drawn: those in sight and some around them.

export interface Sight {
  first: number;
  last: number;
  before: number;
  after: number;
}

const AROUND = 8;

/** Rows of one height: what is seen from `top` over `height`, and the empty room around it. */
export function sightOf(count: number, row: number, top: number, height: number): Sight {
  const first = Math.max(Math.floor(top / row) - AROUND, 0);
  const last = Math.min(Math.ceil((top + height) / row) + AROUND, count);
  return { first, last, before: first * row, after: Math.max(count - last, 0) * row };
}
