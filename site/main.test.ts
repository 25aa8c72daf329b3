import { expect, test } from "vitest";
import { readCommand } from "./main.ts";

test("commands and their options", () => {
  expect(readCommand(["start"])).toEqual({ name: "start", port: 8080,
    host: "localhost", slow: false, out: undefined });
  expect(readCommand(["dev", "--port", "0", "--host=::"]))
    .toMatchObject({ name: "dev", port: 0, host: "::" });
  expect(readCommand(["build", "--slow", "--out", "/tmp/x"]))
    .toMatchObject({ name: "build", slow: true, out: "/tmp/x" });
  expect(readCommand(["--help"])).toBe("help");
});

test.each([
  [[], "a command is missing: start, dev or build"],
  [["run"], '"run" is not a command: start, dev or build'],
  [["start", "x"], 'start takes no operand, got "x"'],
  [["start", "--port", "x"], '--port takes a number up to 65535, got "x"'],
  [["start", "--port", "65536"], '--port takes a number up to 65535, got "65536"'],
  [["start", "--port", ""], '--port takes a number up to 65535, got ""'],
  [["start", "--prot", "1"], "Unknown option '--prot'"],
  [["start", "--port"], "Option '--port <value>' argument missing"],
  [["build", "--port", "1"],
    "build serves nothing: --port and --host are of start and dev"],
  [["dev", "--slow"], "--slow is an option of build"],
] as const)("%j is refused in one line", (args, message) => {
  expect(() => readCommand(args)).toThrow(message);
});
