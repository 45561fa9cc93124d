import { CascadeError } from '../../src/core/cascade-error.ts';
import { jsonBytes } from '../../src/core/payload.ts';
import { MOST_PARTS } from './part-asked.ts';

/**
 * OpenWhisk takes 1,048,576 bytes of result (fact ow-results-13). The text, as a JSON string, may have this many of
 * them. The rest is for the answer's status and headers.
 */
const LARGEST_BYTES = 1_040_000;

/**
 * Returns the text of the metrics if it fits into one answer of OpenWhisk. Those of 700 to 1,500 apps fit, by
 * the length of their names and how their reloads ended. With more apps, Prometheus must ask for parts.
 *
 * @param parts - how many parts the reader asked for.
 * @throws CascadeError PARAMETERS_INVALID if the text is too long. The message advises how many parts to ask for.
 */
export function inOneAnswer(text: string, parts: number): string {
  const bytes = jsonBytes(text);
  if (bytes <= LARGEST_BYTES) return text;
  const enough = Math.min(MOST_PARTS, parts * (Math.ceil(bytes / LARGEST_BYTES) + 1));
  const advice =
    parts < MOST_PARTS
      ? `Ask for them in parts: ?parts=${enough}&part=1 to ?parts=${enough}&part=${enough}.`
      : `There are no more than ${MOST_PARTS} parts: this ledger has too many apps for the metrics.`;
  throw new CascadeError(
    'PARAMETERS_INVALID',
    `These metrics have ${bytes} bytes, and one answer has room for ${LARGEST_BYTES}. ${advice}`,
  );
}
