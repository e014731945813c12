// Sentences in the language of the person, and numbers and dates as their country writes them.
//
// A sentence may have blanks ({name}); one that depends on a number is an object of plural forms,
// chosen by the blank `count`.

import type english from "../i18n/en.json";

export type Key = keyof typeof english;
export type Blanks = Record<string, string | number>;
type Sentence = string | Partial<Record<Intl.LDMLPluralRule, string>>;

export const LANGUAGES = { en: "English", de: "Deutsch", fr: "Français", it: "Italiano" } as const;
export type Code = keyof typeof LANGUAGES;

const KEPT = "onetime.language";
const PSEUDO = "pseudo";
const sources = import.meta.glob<{ default: Record<Key, Sentence> }>("../i18n/*.json");

let sentences = $state.raw<Record<Key, Sentence>>({} as Record<Key, Sentence>);
let code = $state<Code>("en");
let locale = $state("en");
let widens = false;

/** The language that is shown now. */
export function language(): Code {
  return code;
}

/** The language with the country, by which numbers and dates are written. */
export function localeNow(): string {
  return locale;
}

/** Load the language that was chosen before, or that the browser prefers. */
export async function loadLanguage(): Promise<void> {
  widens = new URLSearchParams(location.search).get("lang") === PSEUDO;
  await use(kept() ?? preferred());
}

/** Change the language and remember it. */
export async function chooseLanguage(chosen: Code): Promise<void> {
  try {
    localStorage.setItem(KEPT, chosen);
  } catch {
    // A browser that keeps nothing asks again next time.
  }
  await use(chosen);
}

/** Return a sentence with its blanks filled. */
export function t(key: Key, blanks: Blanks = {}): string {
  const sentence = sentences[key];
  if (sentence === undefined) return key;
  const text = typeof sentence === "string" ? sentence : plural(sentence, Number(blanks["count"]));
  const filled = text.replace(/\{(\w+)\}/g, (whole, name: string) => shown(blanks[name], whole));
  return stretched(filled);
}

/** A text as it is, and two fifths longer in the pseudo-language: layouts are tested with that. */
export function stretched(text: string): string {
  return widens && text !== "" ? `[${text}${"·".repeat(Math.ceil(text.length * 0.4))}]` : text;
}

async function use(chosen: Code): Promise<void> {
  const load = sources[`../i18n/${chosen}.json`];
  if (load === undefined) return;
  sentences = (await load()).default;
  code = chosen;
  locale = navigator.languages.find((each) => each.split("-")[0] === chosen) ?? chosen;
  document.documentElement.lang = chosen;
}

function kept(): Code | null {
  try {
    const found = localStorage.getItem(KEPT);
    return found !== null && found in LANGUAGES ? (found as Code) : null;
  } catch {
    return null;
  }
}

function preferred(): Code {
  for (const each of navigator.languages) {
    const short = each.split("-")[0];
    if (short !== undefined && short in LANGUAGES) return short as Code;
  }
  return "en";
}

function plural(forms: Partial<Record<Intl.LDMLPluralRule, string>>, count: number): string {
  const form = new Intl.PluralRules(code).select(count);
  return forms[form] ?? forms.other ?? "";
}

function shown(value: string | number | undefined, whole: string): string {
  if (value === undefined) return whole;
  return typeof value === "number" ? new Intl.NumberFormat(locale).format(value) : value;
}
