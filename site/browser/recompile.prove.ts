import { expect, test } from "vitest";
import { erasedCells } from "./erased.ts";

test("every cell of the book is the program that the builder runs", async () => {
  expect(await erasedCells(1)).toBeGreaterThan(1000);
});
