// Something a person asked for: it goes on, it worked, or it has a problem with faults by field.

import { Problem, sentenceOf } from "./api.ts";

export class Act {
  busy = $state(false);
  problem = $state.raw<Problem | null>(null);
  sentence = $state<string | null>(null);

  /** The fault of one field, if it has one. */
  fault(field: string): string | undefined {
    return this.problem?.of(field);
  }

  /** Do it once; returns whether it worked. */
  async run(work: () => Promise<void>): Promise<boolean> {
    if (this.busy) return false;
    this.busy = true;
    this.forget();
    try {
      await work();
      return true;
    } catch (thrown) {
      this.problem = thrown instanceof Problem ? thrown : null;
      this.sentence = sentenceOf(thrown);
      return false;
    } finally {
      this.busy = false;
    }
  }

  forget(): void {
    this.problem = null;
    this.sentence = null;
  }
}
