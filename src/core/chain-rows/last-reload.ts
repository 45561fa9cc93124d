import type { Outcome, ReloadFinished } from '../reload-finished.ts';
import { type ChainRow, NO_LAST_RELOAD } from './chain-row.ts';

/** The columns of a row that tell of its app's last reload. */
export type LastReloadColumns = Pick<ChainRow, keyof typeof NO_LAST_RELOAD>;

/** Qlik's words, as its own lists have them. */
const STATUS_OF: Readonly<Record<Outcome, string>> = {
  succeeded: 'SUCCEEDED',
  failed: 'FAILED',
  canceled: 'CANCELED',
  'exceeded-limit': 'EXCEEDED_LIMIT',
};

/** What the last end that Cascade heard of tells; when that reload began, nobody told. */
export const lastReloadOf = ({ outcome, reloadId, endedAt, error }: ReloadFinished): LastReloadColumns => ({
  ...NO_LAST_RELOAD,
  lastStatus: STATUS_OF[outcome],
  lastReloadId: reloadId,
  lastEndedAt: new Date(endedAt).toISOString(),
  lastEndedEpochSeconds: Math.floor(endedAt / 1_000),
  lastErrorCode: error?.code ?? '',
});
