import { expect, test } from "vitest";
import { most, ownFile, piecesOf } from "./pieces.ts";

test("a reader's file is read once when all of it is asked for", () => {
  const asked: [number, number][] = [];
  const file = ownFile("a", { size: 4, read: (at, count) => {
    asked.push([at, count]);
    return Uint8Array.of(1, 2, 3, 4).subarray(at, at + count);
  } });
  expect([...file.read(1, 2)]).toEqual([2, 3]);
  expect(file.bytes).toBe(file.bytes);
  expect(asked).toEqual([[1, 2], [0, 4]]);
});
test("what is too large for that is said, and can still be read in pieces", () => {
  const file = ownFile("core", { size: most + 1, read: (_, count) =>
    new Uint8Array(count) });
  expect(() => file.bytes).toThrow("core is larger than 1 GiB");
  expect(file.read(most, 1).length).toBe(1);
});
test("pieces end where the bytes do", () => {
  const { size, read } = piecesOf(Uint8Array.of(7, 8));
  expect([size, ...read(1, 1)]).toEqual([2, 8]);
  expect(() => read(1, 2)).toThrow("bytes 1 to 3 of 2");
});
