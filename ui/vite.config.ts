// How the client is built: Svelte, a check of the languages, a list of licences, compressed files.

import { fileURLToPath } from "node:url";
import { svelte } from "@sveltejs/vite-plugin-svelte";
import { defineConfig } from "vite";
import { completeLanguages } from "./build/languages.ts";
import { compressed } from "./build/compressed.ts";
import { licences } from "./build/licences.ts";

const inSources = (path: string): string => fileURLToPath(new URL(path, import.meta.url));

export default defineConfig({
  plugins: [svelte(), completeLanguages(inSources("./src/i18n")), licences(), compressed()],
  resolve: { alias: { $lib: inSources("./src/lib"), $components: inSources("./src/components") } },
  build: {
    target: "es2022",
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    sourcemap: false,
    reportCompressedSize: false,
  },
  server: {
    proxy: { "/api": { target: "http://127.0.0.1:8000", ws: true } },
  },
});
