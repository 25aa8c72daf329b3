/** Files beside a page, for its test and view cells. */
export type Files = {
  /** The bytes of a file, relative to the page; `.gz` files come unpacked. */
  readonly fixture: (name: string) => Promise<Uint8Array>;
  /** The same, parsed as JSON. The caller says what it holds. */
  readonly fixtureJson: <T>(name: string) => Promise<T>;
};

/** @param read the raw bytes of a file, relative to the page */
export function filesFrom(read: (name: string) => Promise<Uint8Array>): Files {
  const fixture = async (name: string): Promise<Uint8Array> => {
    const bytes = await read(name);
    return name.endsWith(".gz") ? gunzip(bytes) : bytes;
  };
  return {
    fixture,
    fixtureJson: async (name) => JSON.parse(new TextDecoder().decode(await fixture(name))),
  };
}

async function gunzip(bytes: Uint8Array): Promise<Uint8Array> {
  const stream = new Blob([new Uint8Array(bytes)]).stream()
    .pipeThrough(new DecompressionStream("gzip"));
  return new Uint8Array(await new Response(stream).arrayBuffer());
}
