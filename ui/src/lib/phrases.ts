// Turns sentences of the server into another language; the English sentence is the key.
//
// A template has numbered holes for what a sentence names: "There is no spot {0}." What stands in a
// hole may itself be a sentence or a word of the catalogue. Knows nothing of browsers.

export type Catalogue = Record<string, string>;

interface Template {
  form: RegExp;
  /** As `form`, with holes that may hold the end of a sentence. */
  wide: RegExp;
  holes: string[];
  told: string;
  literal: number;
}

const HOLE = /\{(\d+)\}/g;
const CALM = "((?:(?![.?!] [A-Z]).)+?)";
const WIDE = "(.+?)";
const NAMED = /^([\w.[\]-]{1,64}): (.+)$/s;
const HALF = /^(.+?)( \([^()]*\)|\.)$/s;
const BORDER = /(?<=[.?!]) (?=\S)/;
const DEEPEST = 3;
const MOST_SENTENCES = 12;
const MOST_KEPT = 1_000;

export class Phrasebook {
  readonly #exact: ReadonlyMap<string, string>;
  readonly #templates: Template[];
  readonly #kept = new Map<string, string | null>();

  constructor(catalogue: Catalogue) {
    const entries = Object.entries(catalogue);
    this.#exact = new Map(entries.filter(([english]) => !english.match(HOLE)));
    this.#templates = entries
      .filter(([english]) => english.match(HOLE))
      .map(([english, told]) => templateOf(english, told))
      .sort((one, other) => other.literal - one.literal);
  }

  /** The sentence in the language of the book; null when the book does not know it. */
  find(sentence: string): string | null {
    const kept = this.#kept.get(sentence);
    if (kept !== undefined) return kept;
    if (this.#kept.size >= MOST_KEPT) this.#kept.clear();
    const told = this.#told(sentence, 0);
    this.#kept.set(sentence, told);
    return told;
  }

  #told(text: string, depth: number): string | null {
    if (depth > DEEPEST) return null;
    return this.#one(text, depth) ?? this.#named(text, depth) ?? this.#oneByOne(text, depth) ?? this.#filled(text, depth, "wide");
  }

  /** One template, whole or half; a half one may have a stop or a detail in brackets behind it. */
  #one(text: string, depth: number): string | null {
    const known = this.#exact.get(text) ?? this.#filled(text, depth, "form");
    if (known !== null || depth > DEEPEST) return known;
    const [, half = "", rest = ""] = HALF.exec(text) ?? [];
    const told = half === "" ? null : this.#one(half, depth + 1);
    return told === null ? null : told + rest;
  }

  /** What a sentence is about, named before it: a field, an action. */
  #named(text: string, depth: number): string | null {
    const [, name = "", rest = ""] = NAMED.exec(text) ?? [];
    const told = name === "" ? null : this.#told(rest, depth + 1);
    return told === null ? null : `${name}: ${told}`;
  }

  #filled(text: string, depth: number, form: "form" | "wide"): string | null {
    for (const template of this.#templates) {
      const match = template[form].exec(text);
      if (match === null) continue;
      const parts = template.holes.map((hole, index) => [hole, match[index + 1] ?? ""] as const);
      const told = new Map(parts.map(([hole, part]) => [hole, this.#told(part, depth + 1) ?? part]));
      return template.told.replace(HOLE, (whole, hole: string) => told.get(hole) ?? whole);
    }
    return null;
  }

  /** Several sentences with blanks between them; what is not known stays as it is. */
  #oneByOne(text: string, depth: number): string | null {
    const sentences = text.split(BORDER);
    if (sentences.length < 2 || sentences.length > MOST_SENTENCES) return null;
    const told: string[] = [];
    let isKnown = false;
    for (let from = 0; from < sentences.length; ) {
      const [length, found] = this.#longest(sentences.slice(from), from === 0, depth);
      isKnown ||= found !== null;
      told.push(found ?? sentences[from] ?? "");
      from += length;
    }
    return isKnown ? told.join(" ") : null;
  }

  /** The most sentences from the first one on that are one template, and how many they are. */
  #longest(sentences: string[], isAll: boolean, depth: number): [number, string | null] {
    for (let length = sentences.length - (isAll ? 1 : 0); length > 0; length -= 1) {
      const text = sentences.slice(0, length).join(" ");
      const found = length === 1 ? this.#told(text, depth + 1) : (this.#exact.get(text) ?? this.#filled(text, depth, "form"));
      if (found !== null) return [length, found];
    }
    return [1, null];
  }
}

function templateOf(english: string, told: string): Template {
  const literals = english.split(/\{\d+\}/).map((each) => each.replace(/[\\^$.*+?()[\]{}|/-]/g, "\\$&"));
  return {
    form: new RegExp(`^${literals.join(CALM)}$`, "s"),
    wide: new RegExp(`^${literals.join(WIDE)}$`, "s"),
    holes: [...english.matchAll(HOLE)].map((match) => match[1] ?? ""),
    told,
    literal: literals.join("").length,
  };
}
