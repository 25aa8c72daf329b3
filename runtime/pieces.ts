/** A file of any size, read a piece at a time. */
export type Pieces = {
  /** In bytes. */
  readonly size: number;
  /** Exactly these bytes. Throws when they are not there. */
  readonly read: (at: number, count: number) => Uint8Array;
};

/** The most that is read at once, in bytes. */
export const most = 2 ** 30;

/** The pieces of bytes that are there already. */
export function piecesOf(bytes: Uint8Array): Pieces {
  return { size: bytes.length, read(at, count) {
    if (at < 0 || at + count > bytes.length)
      throw new RangeError(`bytes ${at} to ${at + count} of ${bytes.length}`);
    return bytes.subarray(at, at + count);
  } };
}

/** A file of the reader's own: all of it, or pieces. */
export type OwnFile = Pieces & { readonly name: string; readonly bytes: Uint8Array };

/** A file of which nothing is read before it is asked for. */
export function ownFile(name: string, { size, read }: Pieces): OwnFile {
  let whole: Uint8Array | undefined;
  return { name, size, read, get bytes() {
    if (size > most)
      throw new Error(`${name} is larger than 1 GiB, the most that is read at once`);
    return whole ??= read(0, size);
  } };
}
