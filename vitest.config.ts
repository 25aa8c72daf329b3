import { fileURLToPath } from "node:url";
import { defineConfig } from "vitest/config";
import { literate } from "./runtime/vitest.ts";

export default defineConfig({
  plugins: [literate({ slow: false })],
  resolve: { alias: { "#runtime": fileURLToPath(new URL("./runtime", import.meta.url)) } },
  test: {
    include: ["chapters/**/*.md", "runtime/**/*.test.ts", "site/**/*.test.ts"],
    pool: "threads",
    isolate: false,
    includeTaskLocation: true,
    coverage: { provider: "v8", include: ["chapters/**/*.md"], reporter: ["text"] },
  },
});
