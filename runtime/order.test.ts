import { expect, test } from "vitest";
import { usesBrowser } from "./order.ts";

test.each([
  ["/book/site/browser/site.test.ts", true],
  ["C:\\book\\site\\browser\\site.test.ts", true],
  ["/book/site/html.test.ts", false],
  ["/browser/book/chapters/01-entry/01-words.md", false],
])("%s begins: %s", (file, first) => {
  expect(usesBrowser(file)).toBe(first);
});
