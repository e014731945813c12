// Lists the packages whose code is in the bundle, with their licences, for the page "About".

import { existsSync, readFileSync } from "node:fs";
import { join, sep } from "node:path";
import type { Plugin } from "vite";

interface Licence {
  name: string;
  version: string;
  licence: string;
  text: string;
}

const FILES = ["LICENSE", "LICENSE.md", "LICENSE.txt", "LICENCE", "license", "LICENSE-MIT"];

export function licences(): Plugin {
  return {
    name: "licences",
    generateBundle() {
      const folders = new Set<string>();
      for (const id of this.getModuleIds()) {
        const folder = packageOf(id.replace(/^\0+/, "").split("?")[0] ?? "");
        if (folder !== null) folders.add(folder);
      }
      const found = [...folders].map(licenceOf).sort((a, b) => a.name.localeCompare(b.name));
      this.emitFile({ type: "asset", fileName: "licences.json", source: JSON.stringify(found) });
    },
  };
}

function packageOf(path: string): string | null {
  const mark = `${sep}node_modules${sep}`;
  const at = path.lastIndexOf(mark);
  if (at < 0) return null;
  const parts = path.slice(at + mark.length).split(sep);
  const name = parts[0]?.startsWith("@") ? parts.slice(0, 2) : parts.slice(0, 1);
  return join(path.slice(0, at + mark.length), ...name);
}

function licenceOf(folder: string): Licence {
  const told = JSON.parse(readFileSync(join(folder, "package.json"), "utf-8")) as {
    name: string;
    version: string;
    license?: string;
  };
  const file = FILES.map((name) => join(folder, name)).find((path) => existsSync(path));
  return {
    name: told.name,
    version: told.version,
    licence: told.license ?? "?",
    text: file === undefined ? "" : readFileSync(file, "utf-8").trim(),
  };
}

