/** What was read of a stream. `bytes` is the size of the whole stream, also of what is not in `body`. */
export interface ReadBytes {
  readonly body: Buffer;
  readonly bytes: number;
}

/**
 * Reads a stream to its end. It keeps chunks until they have more than `maxBytes`, and only counts the rest. So a huge
 * request, or a huge result of an action, does not fill the memory of the local host.
 */
export async function readAtMost(stream: AsyncIterable<Buffer>, maxBytes: number): Promise<ReadBytes> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of stream) {
    if (bytes <= maxBytes) chunks.push(chunk);
    bytes += chunk.length;
  }
  return { body: Buffer.concat(chunks), bytes };
}
