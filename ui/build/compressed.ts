// Puts a compressed copy beside each text file, so that the server never compresses by itself.

import { gzipSync } from "node:zlib";
import type { Plugin } from "vite";

const TEXTS = /\.(js|css|html|json|svg)$/;
const LARGE_ENOUGH = 1024;

export function compressed(): Plugin {
  return {
    name: "compressed",
    generateBundle: {
      order: "post",
      handler(_options, bundle) {
        for (const [fileName, output] of Object.entries(bundle)) {
          if (!TEXTS.test(fileName)) continue;
          const content = output.type === "chunk" ? output.code : output.source;
          const bytes = Buffer.from(content);
          if (bytes.length < LARGE_ENOUGH) continue;
          const source = gzipSync(bytes, { level: 9 });
          this.emitFile({ type: "asset", fileName: `${fileName}.gz`, source });
        }
      },
    },
  };
}
