import { expect, test } from "vitest";
import { runVitest, scratchBook } from "./scratch.ts";

const first = `# A class

\`\`\`ts
export class Taken extends Error {}
\`\`\`

\`\`\`ts test
test("X1 · is an error", () => expect(new Taken()).toBeInstanceOf(Error));
\`\`\`
`;
const second = `# Catches

\`\`\`ts
import { Taken } from "./01-class.md";
export function run(body: () => void): string {
  try { body(); return "returned"; } catch (error) {
    return error instanceof Taken ? "taken" : "foreign";
  }
}
\`\`\`

\`\`\`ts test
test("X2 · returns", () => expect(run(() => undefined)).toBe("returned"));
\`\`\`
`;
const third = `# Throws

\`\`\`ts
import { Taken } from "./01-class.md";
import { run } from "./02-catches.md";
export const caught = (): string => run(() => { throw new Taken(); });
\`\`\`

\`\`\`ts test
test("X3 · is caught", () => expect(caught()).toBe("taken"));
\`\`\`
`;
/** Keeps one of the two workers, so that the other one gets all the rest. */
const long = `# Waits

\`\`\`ts test
test("X4 · waits", () => new Promise((done) => { setTimeout(done, 1500); }));
\`\`\`
`;
const config = (order: readonly string[]): string =>
  `import { literate } from "../../runtime/vitest.ts";
const base = import.meta.dirname;
const order = ${JSON.stringify(order)};
const at = (file) => order.findIndex((name) => file.moduleId.includes(name));
class Given {
  shard(files) { return files; }
  sort(files) { return files.toSorted((a, b) => at(a) - at(b)); }
}
export default {
  root: base,
  plugins: [literate({ slow: false, base })],
  resolve: { alias: { "#runtime": new URL("../../runtime", import.meta.url).pathname } },
  test: { include: ["chapters/**/*.md"], pool: "threads", isolate: false, maxWorkers: 2,
    sequence: { sequencer: Given } },
};
`;

test("whatever page runs first, all pages hold the same classes", async () => {
  const scratch = await scratchBook({
    "chapters/1-x/01-class.md": first, "chapters/1-x/02-catches.md": second,
    "chapters/1-x/03-throws.md": third, "chapters/1-x/04-waits.md": long,
    "vitest.config.ts": config(["04-waits", "02-catches", "01-class", "03-throws"]) });
  const { output } = await runVitest(scratch.base);
  await scratch.remove();
  expect(output).toContain("Tests  4 passed");
}, 60_000);
