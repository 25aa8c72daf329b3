import { BaseSequencer, type TestSpecification } from "vitest/node";

/** Whether a test drives a browser. */
export const usesBrowser = (file: string): boolean =>
  /[\\/]browser[\\/][^\\/]*\.test\.ts$/.test(file);

/**
 * Vitest begins with the files that took longest the last time. In a fresh clone it
 * knows none of them, and the tests in a browser, the longest of all and often
 * waiting, would come late and alone. They begin.
 */
export class BrowserFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const sorted = await super.sort(files);
    const first = sorted.filter((file) => usesBrowser(file.moduleId));
    return [...first, ...sorted.filter((file) => !first.includes(file))];
  }
}
