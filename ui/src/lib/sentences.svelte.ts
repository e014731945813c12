// What the server says, in the language of the person; what no catalogue knows stays English.
//
// A catalogue is loaded when the first sentence wants it; until then the sentence is English. Energies
// and times in it are written as everywhere on the page.

import { moment, number, text } from "./format.ts";
import { language, stretched, type Code } from "./i18n.svelte.ts";
import type { Catalogue, Phrasebook } from "./phrases.ts";

const ENERGY = /\b(\d+\.\d{3}) kWh\b/g;
const TIME = /\b(\d{4}-\d\d-\d\d) (\d\d:\d\d) UTC\b/g;
const DIGITS = 3;
const sources = import.meta.glob<{ default: Catalogue }>("../i18n/server/*.json");

let book = $state.raw<{ code: Code; phrases: Phrasebook } | null>(null);
const awaited = new Map<Code, Promise<void>>();

/** A sentence of the server in the language that is shown. */
export function inWords(sentence: string): string {
  return stretched(figured(translated(sentence) ?? sentence));
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
  const going = awaited.get(code) ?? fetched(code, load).finally(() => awaited.delete(code));
  awaited.set(code, going);
  return going;
}

async function fetched(code: Code, load: () => Promise<{ default: Catalogue }>): Promise<void> {
  try {
    const [catalogue, { Phrasebook }] = await Promise.all([load(), import("./phrases.ts")]);
    if (code === language()) book = { code, phrases: new Phrasebook(catalogue.default) };
  } catch {
    // Without its catalogue a sentence is English; the next one asks again.
  }
}

/** Energies and times of the server as the country writes them. */
function figured(sentence: string): string {
  return sentence
    .replace(ENERGY, (_, kwh: string) => text({ number: number(Number(kwh), DIGITS), unit: "kWh" }))
    .replace(TIME, (_, day: string, time: string) => moment(`${day}T${time}Z`));
}

function translated(sentence: string): string | null {
  if (language() === "en") return null;
  if (book?.code === language()) return book.phrases.find(sentence);
  void wordsReady();
  return null;
}
