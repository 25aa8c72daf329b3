import { fileURLToPath } from "node:url";
import { defineConfig } from "vitest/config";
import { agreement } from "./runtime/agreement.ts";
import { literate } from "./runtime/vitest.ts";

/** `npm run prove` sets it: the cells flagged `slow` run, too. */
const slow = process.env["PROVE"] === "1";

export default defineConfig({
  plugins: [literate({ slow })],
  resolve: { alias: {
    "#runtime": fileURLToPath(new URL("./runtime", import.meta.url)),
  } },
  test: {
    include: ["chapters/**/*.md", "runtime/**/*.test.ts", "site/**/*.test.ts"],
    exclude: ["chapters/**/fixtures/**", "**/node_modules/**", "build/**"],
    pool: "threads",
    isolate: false,
    includeTaskLocation: true,
    reporters: ["default", agreement({ slow })],
    coverage: { provider: "v8", include: ["chapters/**/*.md"], reporter: ["text"] },
  },
});
