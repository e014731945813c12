// A list of the API, page after page: what was fetched so far, what goes on, what went wrong.

import { untrack } from "svelte";
import { sentenceOf } from "./api.ts";

export interface Page<T> {
  items: T[];
  next_cursor: string | null;
}

type Fetch<T> = (cursor: string | null) => Promise<Page<T>>;

export class List<T> {
  items = $state.raw<T[]>([]);
  loading = $state(true);
  problem = $state<string | null>(null);
  #cursor = $state<string | null>(null);
  #fetch: Fetch<T>;
  #turn = 0;

  constructor(fetch: Fetch<T>) {
    this.#fetch = fetch;
  }

  /** Whether there is more than was fetched. */
  get hasMore(): boolean {
    return this.#cursor !== null;
  }

  /** Fetch the first page again; an answer that was overtaken by a newer question is dropped. */
  async load(): Promise<void> {
    const turn = ++this.#turn;
    this.loading = untrack(() => this.items.length === 0);
    try {
      const page = await this.#fetch(null);
      if (turn !== this.#turn) return;
      this.items = page.items;
      this.#cursor = page.next_cursor;
      this.problem = null;
    } catch (thrown) {
      if (turn === this.#turn) this.problem = sentenceOf(thrown);
    } finally {
      if (turn === this.#turn) this.loading = false;
    }
  }

  /** Fetch the next page. */
  async more(): Promise<void> {
    const turn = this.#turn;
    try {
      const page = await this.#fetch(this.#cursor);
      if (turn !== this.#turn) return;
      this.items = [...this.items, ...page.items];
      this.#cursor = page.next_cursor;
    } catch (thrown) {
      this.problem = sentenceOf(thrown);
    }
  }
}

/** Fetch all pages of a list that is known to be small. */
export async function everything<T>(fetch: Fetch<T>): Promise<T[]> {
  const items: T[] = [];
  let cursor: string | null = null;
  do {
    const page: Page<T> = await fetch(cursor);
    items.push(...page.items);
    cursor = page.next_cursor;
  } while (cursor !== null);
  return items;
}
