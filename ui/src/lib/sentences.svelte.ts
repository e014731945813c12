// What the server says, in the language of the person; what no catalogue knows stays English.
//
// A catalogue is loaded when the first sentence wants it; until then the sentence is English.

import { language, type Code } from "./i18n.svelte.ts";
import { Phrasebook, type Catalogue } from "./phrases.ts";

const sources = import.meta.glob<{ default: Catalogue }>("../i18n/server/*.json");

let book = $state.raw<{ code: Code; phrases: Phrasebook } | null>(null);
const awaited = new Map<Code, Promise<void>>();

/** A sentence of the server in the language that is shown. */
export function inWords(sentence: string): string {
  return translated(sentence) ?? sentence;
}

/** The language in which `inWords` gives this sentence, if it is not that of the page. */
export function tongueOf(sentence: string): "en" | undefined {
  return language() === "en" || translated(sentence) !== null ? undefined : "en";
}

/** Wait until sentences of the server can be told in the language that is shown. */
export function wordsReady(): Promise<void> {
  const code = language();
  const load = sources[`../i18n/server/${code}.json`];
  if (load === undefined || book?.code === code) return Promise.resolve();
  const going = awaited.get(code) ?? load().then((found) => keep(code, found.default), () => void awaited.delete(code));
  awaited.set(code, going);
  return going;
}

function keep(code: Code, catalogue: Catalogue): void {
  awaited.delete(code);
  if (code === language()) book = { code, phrases: new Phrasebook(catalogue) };
}

function translated(sentence: string): string | null {
  if (language() === "en") return null;
  if (book?.code === language()) return book.phrases.find(sentence);
  void wordsReady();
  return null;
}
