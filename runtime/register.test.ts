import { execFile } from "node:child_process";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, expect, test } from "vitest";
import { scratchBook, type Scratch } from "./scratch.ts";

/** Pages with a throw, an unclosed cell and an enum: the tests say where. */
const files = {
  "chapters/1-x/01-throws.md": `# Throws

Prose, **markup**, \`code\`.

\`\`\`ts
export type Even = number;
export function half<T extends Even>(x: T): number {
  if (x % 2 !== 0) throw new RangeError(\`\${x} is odd\`);
  return x / 2;
}
\`\`\`

\`\`\`ts test
test("never part of the module", () => nonsense());
\`\`\`
`,
  "chapters/2-y/01-imports.md": `# Imports

\`\`\`ts
import { half, type Even } from "../1-x/01-throws.md";
\`\`\`

\`\`\`ts
export const quarter = (x: Even): number => half(half(x));
export const drawn = html\`<b>\${"<"}</b>\`;
\`\`\`
`,
  "chapters/2-y/02-enum.md": "# Enum\n\n```ts\nconst a = 1;\nenum E { a }\n```\n",
  "chapters/2-y/03-open.md": "# Open\n\nProse.\n\n```ts\nexport const a = 1;\n",
  "tool.ts": `
import { drawn, quarter } from "./chapters/2-y/01-imports.md";
const depth: number = 12;
console.log(quarter(depth), drawn.markup);
try { quarter(6); } catch (error) { console.log((error as Error).stack); }
for (const name of ["02-enum", "03-open", "04-none"])
  await import(\`./chapters/2-y/\${name}.md\`)
    .catch((error) => console.log(error.message));
`,
};

let scratch: Scratch;
beforeAll(async () => { scratch = await scratchBook(files); });
afterAll(() => scratch.remove());

test.each([
  ["tsx first", ["--import", "tsx", "--import", "./runtime/register.mjs"]],
  ["tsx last", ["--import", "./runtime/register.mjs", "--import", "tsx"]],
])("a tool imports pages and shows their positions (%s)", async (_, options) => {
  const root = fileURLToPath(new URL("..", import.meta.url));
  const printed = await new Promise<string>((resolve) => {
    execFile(process.execPath, [...options, join(scratch.base, "tool.ts")],
      { cwd: root }, (_error, stdout, stderr) => resolve(stdout + stderr));
  });
  const lines = printed.replaceAll(scratch.base, "BASE").split("\n");
  expect(lines.slice(0, 2)).toEqual(["3 <b>&lt;</b>", "RangeError: 3 is odd"]);
  expect(lines[2]).toContain("half (file://BASE/chapters/1-x/01-throws.md:8:26)");
  expect(lines[3]).toContain("quarter (file://BASE/chapters/2-y/01-imports.md:8:45)");
  expect(printed).toMatch(/2-y\/02-enum\.md:5:1 {2}.*enum/);
  expect(printed).toContain("2-y/03-open.md:5:1  the cell is not closed\n  Close it");
  expect(printed).toMatch(/Cannot find module .*04-none\.md/);
});
