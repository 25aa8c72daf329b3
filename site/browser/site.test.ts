import { describe, expect, test as base } from "vitest";
import { browserPath } from "./browser.ts";
import {
  address, answer, cell, first, heard, mod, model, quiet, rewrite, shows, test,
  useSmallBook,
} from "./small-book.ts";

useSmallBook();

base("a browser that is not there is told in one line", () => {
  expect(() => browserPath({ CHROMIUM_PATH: "/no/such/chromium" }))
    .toThrow("CHROMIUM_PATH is /no/such/chromium, but there is no such file");
});

describe.concurrent("a page nobody has touched", () => {
  test("is complete without scripts", async ({ visit }) => {
    const page = await visit(first, { javaScriptEnabled: false });
    await shows(answer(page), "3 becomes 6");
    expect(await page.locator("#bar").getAttribute("width")).toBe("6");
    await shows(page.locator("#N1"), /holds\s*N1 · a number is doubled/);
    await shows(page.locator(".input output"), "3");
    expect(await page.getByRole("button", { name: /Edit|Search/ }).count()).toBe(0);
  });

  test("asks for one small script and starts no Worker", async ({ visit }) => {
    const page = await visit(first);
    await quiet(page);
    const scripts = heard.get(page)?.requests.filter((url) => url.endsWith(".js"));
    expect(scripts).toEqual([`${address}client/page.js`]);
    const script = await page.request.get(`${address}client/page.js`);
    expect(Number((await script.body()).length)).toBeLessThan(4096);
    expect(page.workers()).toEqual([]);
  });

  test("fits a phone", async ({ visit }) => {
    const page = await visit(first, { viewport: { width: 390, height: 844 } });
    const width = await page.evaluate<number>("document.documentElement.scrollWidth");
    expect(width).toBeLessThanOrEqual(390);
  });

  test("is dark when the system is, and as the reader wants", async ({ visit }) => {
    const page = await visit(first, { colorScheme: "dark" });
    const paper = async (): Promise<number> => {
      const colour = await page.evaluate<string>(
        "getComputedStyle(document.body).backgroundColor");
      return Number(/\d+/.exec(colour)?.[0]);
    };
    expect(await paper()).toBeLessThan(60);
    await page.getByRole("button", { name: "Light or dark" }).click();
    expect(await paper()).toBeGreaterThan(200);
    await page.reload();
    expect(await paper()).toBeGreaterThan(200);
  });
});

describe.concurrent("inputs", () => {
  test("the first move of a slider counts", async ({ visit }) => {
    const page = await visit(first);
    const slider = page.getByLabel("dial");
    await slider.fill("7");
    await shows(answer(page), "7 becomes 14");
    expect(await page.locator("#bar").getAttribute("width")).toBe("14");
    await shows(page.locator(".input output"), "7");
    await slider.focus();
    await page.keyboard.press("ArrowRight");
    await page.keyboard.press("ArrowRight");
    await shows(answer(page), "9 becomes 18");
    expect(await page.locator("input[type=range]:focus").count()).toBe(1);
  });

  test("what was set is in the address, which brings it back", async ({ visit }) => {
    const page = await visit(first);
    await page.getByLabel("dial").fill("7");
    await shows(answer(page), "7 becomes 14");
    const url = page.url();
    expect(url).toMatch(/#set=\d+\.0:7$/);
    const other = await visit(`${first}${new URL(url).hash}`);
    await shows(answer(other), "7 becomes 14");
    await other.evaluate(`location.hash = "${new URL(url).hash.replace(/7$/, "4")}"`);
    await shows(answer(other), "4 becomes 8");
  });

  test("a reader who types is not disturbed", async ({ visit }) => {
    const page = await visit(first);
    const field = page.getByLabel("size");
    await field.click();
    await page.keyboard.press("End");
    await page.keyboard.type("8", { delay: 30 });
    await shows(page.locator(".sentence"), "128 bytes.");
    await page.keyboard.press("Home");
    await page.keyboard.type("x", { delay: 30 });
    await shows(page.locator(".problem"), "\"x128\" is not a number");
    await shows(page.locator(".sentence"), "128 bytes.");
    expect(await page.locator("input[type=text]:focus").count()).toBe(1);
    expect(await page.evaluate("document.activeElement.selectionStart")).toBe(1);
    await page.keyboard.press("Backspace");
    await page.locator(".problem").waitFor({ state: "detached" });
    await page.getByLabel("word", { exact: true }).check();
    await page.getByLabel("loud").check();
    await shows(page.locator(".sentence"), "128 words!");
  });

  test("a file can be chosen, and it can be dropped", async ({ visit }) => {
    const page = await visit(first);
    await shows(page.locator(".bytes"), "four.bin: d0 0d fe ed");
    await page.locator(".drop input").setInputFiles({ name: "own.bin",
      mimeType: "application/octet-stream", buffer: Buffer.from([1, 2, 3, 255]) });
    await shows(page.locator(".bytes"), "own.bin: 01 02 03 ff");
    const transfer = await page.evaluateHandle(`(() => {
      const data = new DataTransfer();
      data.items.add(new File([new Uint8Array([0xd0, 0x0d, 9, 9])], "dropped.dtb"));
      return data;
    })()`);
    await page.dispatchEvent(".drop", "dragover", { dataTransfer: transfer });
    await page.dispatchEvent(".drop", "drop", { dataTransfer: transfer });
    await shows(page.locator(".bytes"), "dropped.dtb: d0 0d 09 09");
    await shows(page.locator(".drop"), /dropped\.dtb/);
  });
});

describe.concurrent("edits", () => {
  test("pictures and claims follow; reset undoes it", async ({ visit }) => {
    const page = await visit(first);
    const code = await cell(page, 0).locator("pre.code code").innerHTML();
    await rewrite(page, 0, model("5"));
    await shows(answer(page), "3 becomes 15");
    expect(await page.locator("#bar").getAttribute("width")).toBe("15");
    await shows(page.locator("#N1"),
      /fails\s*N1[^]*01-numbers\.md:16:21[^]*expected 15 to be 6/);
    await shows(page.locator("#N2"), /holds/);
    await shows(page.locator("a.claim").first(), /N1\s*\(does not hold\)/);
    await page.reload();
    await shows(answer(page), "3 becomes 15");
    await shows(cell(page, 0).locator(".cell-state"), "edited");
    await shows(cell(page, 0).locator("pre.code"), /factor = 5;/);
    await cell(page, 0).getByRole("button", { name: /^Reset/ }).click();
    await shows(answer(page), "3 becomes 6");
    await shows(page.locator("#N1"), /holds/);
    expect(await cell(page, 0).locator("pre.code code").innerHTML()).toBe(code);
    expect(await page.locator("#session").count()).toBe(0);
  });

  test("a broken cell says where, and who waits for it", async ({ visit }) => {
    const page = await visit(first);
    await rewrite(page, 0,
      "export const factor = 2;\nexport const scaled = missing + 1;");
    await shows(cell(page, 0).locator(".out"), /ReferenceError|missing is not defined/);
    await shows(cell(page, 3).locator(".out"), /waits for scaled/);
    await rewrite(page, 0, "export const factor = 2;\nexport const scaled = (x => ;");
    await shows(cell(page, 0).locator(".out"), /01-numbers\.md:7:29 +SyntaxError/);
    expect(await cell(page, 0).locator(".error-line").innerText())
      .toBe("export const scaled = (x => ;");
    await rewrite(page, 0, model("4"));
    await shows(answer(page), "3 becomes 12");
    expect(await cell(page, 0).locator(".error-line").count()).toBe(0);
  });

  test("an endless loop is stopped and named", async ({ visit }) => {
    const page = await visit(first);
    await rewrite(page, 0, model("3"));
    await shows(answer(page), "3 becomes 9");
    const loop = "export const factor = 3;\n"
      + "export const scaled = (x: number): number => { for (;;); };";
    await rewrite(page, 0, loop);
    await page.evaluate("ticks = 0; setInterval(() => { ticks++; }, 20)");
    await shows(cell(page, 0).locator(".cell-note"),
      "Stopped after 2 s: the cell at line 32 did not come to an end. "
      + "Your edit of this cell is kept here, but the page runs without it.");
    // All the while the page itself went on.
    expect(await page.evaluate("ticks")).toBeGreaterThan(25);
    expect(await cell(page, 0).locator(".cm-content").innerText()).toBe(loop);
    await shows(answer(page), "3 becomes 9");
    await page.getByLabel("dial").fill("5");
    await shows(answer(page), "5 becomes 15");
    await cell(page, 0).getByRole("button", { name: /^Reset/ }).click();
    await shows(answer(page), "5 becomes 10");
    expect(await page.locator(".cell-note").count()).toBe(0);
  });
});

describe.concurrent("by keyboard", () => {
  test("a cell is opened, run and left", async ({ visit }) => {
    const page = await visit(first);
    await cell(page, 0).locator("pre.code").focus();
    await page.keyboard.press("e");
    await cell(page, 0).locator(".cm-content:focus").waitFor();
    await page.keyboard.press(`${mod}+End`);
    await page.keyboard.type("\nexport const more = 1;");
    await page.keyboard.press(`${mod}+Enter`);
    await shows(cell(page, 0).locator(".cell-state"), "edited");
    await page.keyboard.press("Escape");
    const pre = cell(page, 0).locator("pre.code:focus");
    await shows(pre, /export const more = 1;/);
    expect(await pre.locator(".k").first().innerText()).toBe("export");
  });

  test("search opens with a slash, finds and follows", async ({ visit }) => {
    const page = await visit("index.html");
    await page.keyboard.press("/");
    const dialog = page.getByRole("dialog", { name: "Search the book" });
    await dialog.waitFor();
    await page.keyboard.type("zyzzyva");
    await shows(dialog.getByRole("status"), "Nothing in the book says “zyzzyva”.");
    await dialog.getByRole("combobox").fill("stand alone");
    await dialog.getByRole("option").first().waitFor();
    await page.keyboard.press("ArrowDown");
    await page.keyboard.press("Escape");
    await dialog.waitFor({ state: "hidden" });
    await page.keyboard.press("/");
    await dialog.waitFor();
    await page.keyboard.press("Enter");
    await page.waitForURL(/03-alone\.html/);
  });
});
