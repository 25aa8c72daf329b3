import {
  ASYMMETRIC_MATCHERS_OBJECT, GLOBAL_EXPECT, JestAsymmetricMatchers, JestChaiExpect,
  JestExtend, customMatchers, getState, setState,
} from "@vitest/expect";
import * as chai from "chai";
import * as fc from "fast-check";

type Globals = Record<symbol, unknown>;
type Extend = (expect: object, matchers: object) => void;

/**
 * Vitest's own assertions without its runner, and fast-check: for test cells.
 * Inside a Vitest worker it is that worker's `expect`.
 */
export function testKit(): Readonly<Record<"expect" | "fc", unknown>> {
  const globals = globalThis as unknown as Globals;
  return { expect: globals[GLOBAL_EXPECT] ?? createExpect(globals), fc };
}

function createExpect(globals: Globals): unknown {
  for (const plugin of [JestExtend, JestChaiExpect, JestAsymmetricMatchers])
    chai.use(plugin);
  const expect = Object.assign(
    (value: unknown, message?: string) => chai.expect(value, message),
    chai.expect, globals[ASYMMETRIC_MATCHERS_OBJECT],
  );
  const stateOf = expect as unknown as Parameters<typeof getState>[0];
  setState({ assertionCalls: 0, isExpectingAssertions: false }, stateOf);
  // JestExtend has just added `extend` to chai; chai's own type cannot know.
  (chai.expect as unknown as { extend: Extend }).extend(expect, customMatchers);
  globals[GLOBAL_EXPECT] = expect;
  return expect;
}
