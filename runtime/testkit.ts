import { format, objDisplay } from "@vitest/utils/display";
import type { Verdict } from "./protocol.ts";

type Body = (...values: never[]) => unknown;

/** The test kit of one test cell: `test` and `describe` write down, `run` runs. */
export type Collector = {
  readonly kit: Readonly<Record<"test" | "describe", unknown>>;
  readonly run: (onError: (error: unknown) => Omit<Verdict, "name" | "ok">) =>
    Promise<Verdict[]>;
};

/**
 * `test` and `describe` as Vitest has them, reduced to what cells use:
 * `test(name, fn)`, `test.each(rows)(name, fn)`, `describe(name, fn)`.
 * Names come out as Vitest prints them, so that both runs can be compared.
 */
export function collectTests(): Collector {
  const bodies: { name: string; run: () => unknown }[] = [];
  let prefix = "";
  const test = (name: string, fn: Body): void => {
    bodies.push({ name: `${prefix}${name}`, run: () => fn() });
  };
  const each = (rows: readonly unknown[]) => (name: string, fn: Body): void => {
    rows.forEach((row, n) => {
      const values = Array.isArray(row) ? row : [row];
      bodies.push({ name: `${prefix}${title(name, values, n)}`,
        run: () => fn(...values as never[]) });
    });
  };
  const describe = (name: string, fn: () => void): void => {
    const outer = prefix;
    prefix = `${outer}${name} > `;
    try {
      fn();
    } finally {
      prefix = outer;
    }
  };
  return {
    kit: { test: Object.assign(test, { each }), describe },
    run: async (onError) => {
      const verdicts: Verdict[] = [];
      for (const { name, run } of bodies)
        try {
          await run();
          verdicts.push({ name, ok: true });
        } catch (error) {
          verdicts.push({ name, ok: false, ...onError(error) });
        }
      return verdicts;
    },
  };
}

/** `%s %i %d …` take the row's values in order, `%#` its number, `$key` a field. */
function title(name: string, values: readonly unknown[], n: number): string {
  const text = name.replace(/%%/g, "\0").replace(/%#/g, String(n)).replace(/\0/g, "%%");
  const count = (text.match(/%[sdifjoOc]/g) ?? []).length;
  const [row] = values;
  const named = typeof row !== "object" || row === null ? text
    : text.replace(/\$(\w+)/g, (_, key: string) =>
      objDisplay((row as Readonly<Record<string, unknown>>)[key]));
  return format(named, ...values.slice(0, count));
}
