import { createHash } from 'node:crypto';

/** Names a text by 16 hex digits. */
export const shortHash = (text: string): string => createHash('sha256').update(text).digest('hex').slice(0, 16);
