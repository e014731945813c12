// Stops the build when a language lacks a sentence that English has, has one more, or other blanks.

import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { Plugin } from "vite";

type Sentence = string | Record<string, string>;
type Language = Record<string, Sentence>;

const REFERENCE = "en";

export function completeLanguages(folder: string): Plugin {
  return {
    name: "complete-languages",
    buildStart() {
      const faults = faultsIn(readAll(folder));
      if (faults.length > 0) {
        this.error(`The languages do not match:\n${faults.join("\n")}`);
      }
    },
  };
}

export function faultsIn(languages: Map<string, Language>): string[] {
  const reference = languages.get(REFERENCE);
  if (reference === undefined) return [`${REFERENCE}.json is missing`];
  const faults: string[] = [];
  for (const [code, language] of languages) {
    for (const [key, sentence] of Object.entries(reference)) {
      const told = language[key];
      if (told === undefined) faults.push(`${code}.json lacks ${key}`);
      else if (blanksOf(told) !== blanksOf(sentence)) {
        faults.push(`${code}.json: ${key} has {${blanksOf(told)}}, not {${blanksOf(sentence)}}`);
      }
    }
    for (const key of Object.keys(language)) {
      if (!(key in reference)) faults.push(`${code}.json has ${key}, which is not in English`);
    }
  }
  return faults;
}

function readAll(folder: string): Map<string, Language> {
  const files = readdirSync(folder).filter((name) => name.endsWith(".json"));
  return new Map(
    files.map((name) => [
      name.replace(".json", ""),
      JSON.parse(readFileSync(join(folder, name), "utf-8")) as Language,
    ]),
  );
}

function blanksOf(sentence: Sentence): string {
  const text = typeof sentence === "string" ? sentence : Object.values(sentence).join(" ");
  const names = new Set([...text.matchAll(/\{(\w+)\}/g)].map((match) => match[1]));
  return [...names].sort().join(", ");
}
