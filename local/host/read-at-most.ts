/** A stream's bytes: `body` lacks those above the limit, `bytes` counts them too. */
export interface ReadBytes {
  readonly body: Buffer;
  readonly bytes: number;
}

/** Reads a stream to its end and drops the chunks that begin above `maxBytes`. */
export async function readAtMost(stream: AsyncIterable<Buffer>, maxBytes: number): Promise<ReadBytes> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of stream) {
    if (bytes <= maxBytes) chunks.push(chunk);
    bytes += chunk.length;
  }
  return { body: Buffer.concat(chunks), bytes };
}
