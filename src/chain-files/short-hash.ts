import { createHash } from 'node:crypto';

/**
 * The first 16 hex digits of a text's SHA-256. The compiler names a link that waits for several apps by the hash of its
 * rule, and the name becomes part of document ids. So it is short, and the same each time.
 */
export const shortHash = (text: string): string => createHash('sha256').update(text).digest('hex').slice(0, 16);
