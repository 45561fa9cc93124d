import { CascadeError } from '../../src/core/cascade-error.ts';
import { jsonBytes, PAYLOAD_BYTES } from '../../src/core/payload.ts';

/**
 * The text, if OpenWhisk lets it through: 900 kB, the metrics of about 1,400 apps.
 *
 * @param parts - how many parts the reader asked for.
 * @throws CascadeError PARAMETERS_INVALID, with how many parts are enough.
 */
export function inOneAnswer(text: string, parts: number): string {
  const bytes = jsonBytes(text);
  if (bytes <= PAYLOAD_BYTES) return text;
  const enough = parts * (Math.ceil(bytes / PAYLOAD_BYTES) + 1);
  throw new CascadeError(
    'PARAMETERS_INVALID',
    `These metrics have ${bytes} bytes, and OpenWhisk lets ${PAYLOAD_BYTES} through. Ask for them in parts: ?parts=${enough}&part=1 to ?parts=${enough}&part=${enough}.`,
  );
}
