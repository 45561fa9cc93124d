import { InvalidArgumentError } from 'commander';
import { parseSince, type Since } from '../../src/core/runs/since.ts';

/**
 * Reads the option `--since` of `cascade runs` and `cascade logs`, and `--until` of `cascade logs`.
 *
 * @throws InvalidArgumentError, which commander (the library that reads the arguments) prints with the option's name.
 */
export function sinceOf(text: string): Since {
  const since = parseSince(text);
  if (since !== undefined) return since;
  throw new InvalidArgumentError(
    'It has to be like 90s, 30m, 24h or 7d, or a date like 2026-11-27 or 2026-11-27T22:00.',
  );
}
