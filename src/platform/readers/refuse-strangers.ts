import { CascadeError } from '../../core/cascade-error.ts';
import type { ActionContext } from '../define-action.ts';
import type { ChainsSettings } from '../settings/chains-settings.ts';
import { authenticateReader } from './authenticate-reader.ts';

/** The headers by which a reader (a person, a Qlik app or Prometheus) proves that it may read. */
export const READER_HEADERS = ['authorization', 'x-api-key'] as const;

/**
 * Lets only readers pass who have an API key or a token. The actions `chains` and `metrics` call it before they read
 * anything for a caller. The log says why a caller was refused; the answer does not.
 *
 * @throws CascadeError UNAUTHORIZED if the caller is refused.
 */
export async function refuseStrangers(
  { readers }: ChainsSettings,
  { headers, log, now }: Pick<ActionContext, 'headers' | 'log' | 'now'>,
): Promise<void> {
  const proof = { apiKey: headers['x-api-key'], authorization: headers['authorization'] };
  const verdict = await authenticateReader(proof, readers, now());
  if (verdict.kind === 'allowed') return;
  log.warn(`A reader was refused: ${verdict.why}`);
  throw new CascadeError('UNAUTHORIZED', 'Not authorised.');
}
