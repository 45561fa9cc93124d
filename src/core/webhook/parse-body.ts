import { parseOutsideJson } from '../outside-text.ts';

/**
 * A webhook's body as JSON; a byte order mark before it means nothing (RFC 8259 §8.1 lets a reader ignore it).
 *
 * @throws SyntaxError where it is no JSON.
 */
export const parseBody = (text: string): unknown => parseOutsideJson(text.replace(/^\uFEFF/, ''));
