import type { OwnFile } from "./pieces.ts";
import type { InputState, Setting } from "./protocol.ts";

/**
 * An input of a view cell: what it shows and what it yields. `set` takes what the
 * reader did; it answers with the same input in its new state, or throws nothing:
 * a setting that does not fit leaves the input as it was.
 */
export type Input<T> = {
  readonly input: InputState["input"];
  readonly value: T;
  readonly state: InputState;
  readonly set: (setting: Setting) => Input<T>;
};

export const isInput = (value: unknown): value is Input<unknown> =>
  typeof value === "object" && value !== null && "input" in value
  && "state" in value && "set" in value;

type ChoiceSet<T> = {
  readonly label?: string; readonly value?: T; readonly format?: (option: T) => string;
};

/** One of a few values. */
export function choice<T>(options: readonly T[], set: ChoiceSet<T> = {}): Input<T> {
  const { label = "", format = String } = set;
  const first = "value" in set ? options.findIndex((o) => Object.is(o, set.value)) : 0;
  if (options.length === 0 || first < 0)
    throw new TypeError(`choice "${label}": its value is not one of its options`);
  const texts = options.map(format);
  const at = (index: number): Input<T> => ({
    input: "choice",
    value: options[index] as T,
    state: { input: "choice", label, options: texts, value: index },
    set: (s) => typeof s === "number" && Number.isInteger(s) && s in options
      ? at(s) : at(index),
  });
  return at(first);
}

type SliderSet = {
  readonly label?: string; readonly value?: number; readonly step?: number;
  readonly format?: (value: number) => string;
};

/** A number from `range`, ends included, in steps from its low end. */
export function slider(
  [min, max]: readonly [number, number], set: SliderSet = {},
): Input<number> {
  const { label = "", step = 1, format = String, value = min } = set;
  if (!(min <= value && value <= max && step > 0))
    throw new RangeError(`slider "${label}": ${value} is not in [${min}, ${max}]`);
  const at = (now: number): Input<number> => ({
    input: "slider",
    value: now,
    state: { input: "slider", label, min, max, step, value: now, text: format(now) },
    set: (s) => typeof s === "number" && s >= min && s <= max ? at(s) : at(now),
  });
  return at(value);
}

/** Yes or no. */
export function toggle(
  set: { readonly label?: string; readonly value?: boolean } = {},
): Input<boolean> {
  const { label = "", value = false } = set;
  return {
    input: "toggle", value,
    state: { input: "toggle", label, value },
    set: (s) => toggle({ label, value: typeof s === "boolean" ? s : value }),
  };
}

type TextSet<T> = {
  readonly label?: string; readonly value: string; readonly parse?: (text: string) => T;
};

/**
 * A line of text. While `parse` throws, the input shows why and keeps yielding
 * the last value that parsed; the first text must parse.
 */
export function textField<T = string>(set: TextSet<T>): Input<T> {
  const { label = "" } = set;
  const parse = set.parse ?? ((text: string) => text as T);
  const at = (text: string, value: T, problem?: string): Input<T> => ({
    input: "text",
    value,
    state: { input: "text", label, value: text, ...(problem && { problem }) },
    set: (s) => {
      if (typeof s !== "string") return at(text, value, problem);
      try {
        return at(s, parse(s));
      } catch (error) {
        return at(s, value, error instanceof Error ? error.message : String(error));
      }
    },
  });
  return at(set.value, parse(set.value));
}

/** Nothing until the reader drops or chooses a file. */
export function fileDrop(
  set: { readonly label?: string } = {},
): Input<OwnFile | undefined> {
  const { label = "Drop a file, or choose one" } = set;
  const at = (file: OwnFile | undefined): Input<OwnFile | undefined> => ({
    input: "file",
    value: file,
    state: { input: "file", label, ...(file && { name: file.name }) },
    set: (s) => at(typeof s === "object" ? s : file),
  });
  return at(undefined);
}
