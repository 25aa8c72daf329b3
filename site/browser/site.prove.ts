import { describe, expect } from "vitest";
import {
  address, answer, cell, first, heard, model, quiet, rewrite, second, shows, test,
  useSmallBook,
} from "./small-book.ts";

useSmallBook();

describe.concurrent("edits", () => {
  test("a cell may import a package, prerendered and in the Worker", async ({ visit }) => {
    const page = await visit("01-first/03-alone.html");
    await shows(page.locator("#out-3"), "50");
    await rewrite(page, 0, "export const one = 0.5;");
    await shows(page.locator("#out-3"), "25");
  });

  test("an error names its place in the page, in the cell and in the console",
    async ({ visit }) => {
      const page = await visit(first);
      await rewrite(page, 0, "export const factor: number = 2;\n"
        + "export const scaled = (x: number): number => {\n"
        + "  throw new RangeError(`${x} is out`);\n};");
      await shows(cell(page, 3).locator(".out"),
        /01-numbers\.md:8:9 +RangeError: 3 is out\s+chapters.*01-numbers\.md:32:47/);
      expect(heard.get(page)?.console.join("\n"))
        .toMatch(/^error: chapters\/01-first\/01-numbers\.md:8:9 {2}RangeError/m);
    });

  test("an edit reaches the pages that import this one", async ({ visit }) => {
    const page = await visit(first);
    await rewrite(page, 0, model("5"));
    await shows(page.locator("#session"), /U1 in 02-uses fails/);
    await page.locator("#session").getByRole("link", { name: /U1/ }).click();
    await page.waitForURL(`${address}${second}#U1`);
    await shows(answer(page), "25");
    await shows(page.locator("#U1"), /fails/);
    await shows(page.locator("#session"),
      /This page runs with your edit of 01-numbers, line 6/);
    await page.goto(`${address}01-first/03-alone.html`);
    await quiet(page);
    expect(await page.locator("#session").count()).toBe(0);
    await page.goto(`${address}${second}`);
    await page.locator("#session").getByRole("button", { name: /Reset/ }).click();
    await shows(answer(page), "4");
    await shows(page.locator("#U1"), /holds/);
    await page.goto(`${address}${first}`);
    await shows(answer(page), "3 becomes 6");
  });
});

describe.concurrent("by keyboard", () => {
  test("types come with the arrow keys and go with Escape", async ({ visit }) => {
    const page = await visit(first);
    const pre = cell(page, 0).locator("pre.code");
    await pre.focus();
    await page.locator("#hover").waitFor({ state: "attached" });
    await page.keyboard.press("ArrowRight");
    await shows(page.getByRole("tooltip"),
      /const factor: 2[^]*What `scaled` multiplies with/);
    const token = page.locator(".t:focus");
    expect(await token.getAttribute("aria-describedby")).toBe("hover");
    await page.keyboard.press("Escape");
    await page.getByRole("tooltip").waitFor({ state: "hidden" });
    await cell(page, 0).locator("pre.code:focus").waitFor();
  });

  test("Tab goes from cell to cell, not from name to name", async ({ visit }) => {
    const page = await visit(second);
    await cell(page, 1).locator("pre.code").focus();
    await page.locator("#hover").waitFor({ state: "attached" });
    await page.keyboard.press("Tab");
    await page.locator(":focus").waitFor();
    expect(await page.locator("#cell-1 :focus").count()).toBe(0);
  });
});
