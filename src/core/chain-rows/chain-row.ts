import type { On } from '../link.ts';

/**
 * One flat row of `chains`: a link, or an app from which a chain starts (see docs/chains-in-qlik.md, which lists the
 * columns). What a row does not have is `''` in a column of text and null in one of numbers; no column ever goes missing.
 */
export interface ChainRow {
  readonly chain: string;
  /** The link's own name; most have none. */
  readonly link: string;
  readonly tenant: string;
  readonly appId: string;
  /** `tenant/appId`. */
  readonly nodeId: string;
  readonly nodeLabel: string;
  /** The upstream's node id; `''` where the chain starts from this app. */
  readonly parentId: string;
  readonly parentLabel: string;
  /** The chain that names the app: equal on every row of a node. */
  readonly group: string;
  readonly on: On | '';
  readonly partial: 0 | 1 | null;
  readonly weight: number | null;
  /** A JSON object as text. */
  readonly variables: string;
  readonly paused: 0 | 1;
  readonly lastStatus: string;
  readonly lastReloadId: string;
  readonly lastStartedAt: string;
  readonly lastStartedEpochSeconds: number | null;
  readonly lastEndedAt: string;
  readonly lastEndedEpochSeconds: number | null;
  readonly lastDurationSeconds: number | null;
  readonly lastErrorCode: string;
}

/** The columns in their order; a row of JSON and a line of CSV have the same. */
export const CHAIN_ROW_COLUMNS = [
  'chain',
  'link',
  'tenant',
  'appId',
  'nodeId',
  'nodeLabel',
  'parentId',
  'parentLabel',
  'group',
  'on',
  'partial',
  'weight',
  'variables',
  'paused',
  'lastStatus',
  'lastReloadId',
  'lastStartedAt',
  'lastStartedEpochSeconds',
  'lastEndedAt',
  'lastEndedEpochSeconds',
  'lastDurationSeconds',
  'lastErrorCode',
] as const satisfies readonly (keyof ChainRow)[];

/** An app's last reload where nothing is known of it: there is no ledger, or it never heard of one. */
export const NO_LAST_RELOAD = {
  lastStatus: '',
  lastReloadId: '',
  lastStartedAt: '',
  lastStartedEpochSeconds: null,
  lastEndedAt: '',
  lastEndedEpochSeconds: null,
  lastDurationSeconds: null,
  lastErrorCode: '',
} as const satisfies Partial<ChainRow>;
