import { expect, test } from "vitest";
import { disagreements, runApart } from "./agreement.ts";

test("runs that end alike agree, in any order", () => {
  expect(disagreements(["✓ A1 · a", "✗ A2 · b"], ["✗ A2 · b", "✓ A1 · a"])).toEqual([]);
});

test("a missing claim and another verdict are named on both sides", () => {
  expect(disagreements(["✓ A1 · a", "✓ A2 · b"], ["✗ A1 · a"])).toEqual([
    "only as a module: ✓ A1 · a", "only as a module: ✓ A2 · b",
    "only in the dataflow: ✗ A1 · a"]);
});

test("a page runs in a process of its own; one that is not there is told", async () => {
  const page = "chapters/01-entry/01-words.md";
  const [some, none] = await Promise.all(
    [[page], ["chapters/none.md"]].map((paths) => runApart(paths).answer));
  if (!some || "failed" in some) throw new Error(some?.failed);
  expect(some.outcomes.get(page)?.length).toBeGreaterThan(10);
  expect(some.outcomes.get(page)?.filter((o) => !o.startsWith("✓"))).toEqual([]);
  expect(some.cells).toBeGreaterThan(10);
  expect(none).toEqual({ failed:
    expect.stringContaining("there is no page chapters/none.md") });
});

test("a process that is ended says so", async () => {
  const { answer, end } = runApart(["chapters/01-entry/01-words.md"]);
  end();
  expect(await answer).toEqual({ failed: "its process ended with SIGKILL" });
});
