import { fileURLToPath } from "node:url";
import { defineConfig } from "vitest/config";
import { agreement } from "./runtime/agreement.ts";
import { BrowserFirst } from "./runtime/order.ts";
import { literate } from "./runtime/vitest.ts";

/**
 * `npm run prove` is this with `--mode prove`: the pages, slow cells too, every claim
 * as a dataflow, too, and what takes long of the engine and the site, the files
 * `*.prove.ts`; with `--coverage`, the lines of the model counted.
 */
export default defineConfig(({ mode }) => {
  const prove = mode === "prove";
  return {
    plugins: [literate({ slow: prove })],
    resolve: { alias: {
      "#runtime": fileURLToPath(new URL("./runtime", import.meta.url)),
    } },
    test: {
      include: ["chapters/**/*.md", `{runtime,site}/**/*.${prove ? "prove" : "test"}.ts`],
      exclude: ["chapters/**/fixtures/**", "**/node_modules/**", "build/**"],
      pool: "threads",
      maxWorkers: "100%",
      sequence: { sequencer: BrowserFirst },
      isolate: false,
      includeTaskLocation: true,
      testTimeout: prove ? 1_200_000 : 120_000,
      hookTimeout: 120_000,
      reporters: [prove ? "verbose" : "default", agreement({ claims: prove })],
      coverage: {
        provider: "custom",
        customProviderModule: fileURLToPath(
          new URL("./runtime/coverage.ts", import.meta.url)),
        include: ["chapters/**/*.md"],
        exclude: ["chapters/**/fixtures/**"],
        reporter: [["text", { skipFull: true }]],
        thresholds: { lines: 100 },
      },
    },
  };
});
