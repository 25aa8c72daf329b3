import { expect, test } from "vitest";
import { claimOf, inCommon, outputHtml } from "./outputs.ts";

const text = (html: string): string => html.replace(/<[^>]+>/g, "");

test.each([
  [["A1 · 1 is odd", "A1 · 3 is odd"], "… is odd"],
  [["A1 · half of 4 is 2", "A1 · half of 6 is 3"], "half of …"],
  [["A1 · half of 4 is 2", "A1 · half of a pair is 1"], "half of …"],
  [["A1 · twice", "A1 · twice"], "twice"],
  [["A1 · on", "A1 · on and on"], "on …"],
])("the rows %j share %s", (names, expected) => {
  expect(inCommon(names)).toBe(expected);
});

test("a table of a claim is one line, its failures stay in view", () => {
  const verdicts = [1, 2, 3, 4].map((n) => ({ name: `A1 · ${n} is odd`, ok: n % 2 === 1,
    ...(n % 2 === 0 && { message: `${n} < 5`, place: "chapters/x.md:1:2" }) }));
  const out = outputHtml({ page: "chapters/x.md", cell: 0, shown: [], verdicts });
  expect(out).toContain('<li class="bad" id="A1">');
  expect(text(out)).toContain("A1 · … is odd 4 cases");
  expect(out).toContain("2 &lt; 5");
  expect(out.split("</details>")[1]).toContain("chapters/x.md:1:2");
});

test("claims are the numbers before the dot", () => {
  expect(claimOf("K12 · a")).toBe("K12");
  expect(claimOf("k12 · a")).toBeUndefined();
});
