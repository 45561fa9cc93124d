/** The bytes of a stream; `bytes` counts also those that are not in `body`. */
export interface ReadBytes {
  readonly body: Buffer;
  readonly bytes: number;
}

/** Reads a stream to its end; keeps its chunks until `maxBytes` are reached, and counts the rest. */
export async function readAtMost(stream: AsyncIterable<Buffer>, maxBytes: number): Promise<ReadBytes> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of stream) {
    if (bytes <= maxBytes) chunks.push(chunk);
    bytes += chunk.length;
  }
  return { body: Buffer.concat(chunks), bytes };
}
