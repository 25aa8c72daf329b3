/** TypeScript that is not erasable, or does not parse; 0-based position. */
export class StripError extends Error {
  readonly line: number;
  readonly column: number;
  constructor(message: string, line: number, column: number) {
    super(message);
    this.line = line;
    this.column = column;
  }
}
