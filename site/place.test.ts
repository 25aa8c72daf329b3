import { expect, test } from "vitest";
import { isPlace, readPlace, writePlace } from "./client/place.ts";

test("what a reader has set can be read from the address again", () => {
  const settings = [{ cell: 18, index: 0, value: 3 }, { cell: 19, index: 2,
    value: true }, { cell: 20, index: 1, value: "0x12 & \"more\" #, ü" }];
  expect(readPlace(writePlace(settings))).toEqual(settings);
  expect(writePlace(settings.slice(0, 2))).toBe("#set=18.0:3&19.2:true");
});
test("a file is left out, and an address that says nothing is none", () => {
  const file = { name: "Image", file: new Blob([new Uint8Array(4)]) };
  expect(writePlace([{ cell: 1, index: 0, value: file }])).toBe("");
  for (const hash of ["", "#W1", "#set=", "#set=a.b:3", "#set=1.0:{", "#set=1.0:%",
    "#set=1.0:null", "#set=1.0:[1]"])
    expect([hash, readPlace(hash)]).toEqual([hash, []]);
  expect([isPlace("#set=1.0:2"), isPlace("#cell-3")]).toEqual([true, false]);
});
