import type { DurationMs } from '../../core/units.ts';

/** How an action reaches the OpenWhisk host on which it runs, and how `cascade logs` reaches the host. */
export interface OpenWhiskOptions {
  /** With or without a scheme; default https. */
  readonly apiHost: string;
  /** `uuid:key` of the namespace. */
  readonly apiKey: string;
  /** OpenWhisk's transaction id of the action's run. The host's own log then shows the action's calls under this id. */
  readonly transactionId?: string | undefined;
  /** How long the whole answer may take. The clients have a default: 10 s. */
  readonly timeout?: DurationMs;
}

/** The address below which the host's REST API has its namespaces, and the headers of each call. */
export const openWhiskApi = ({ apiHost, apiKey, transactionId }: OpenWhiskOptions) => ({
  namespaces: `${/^https?:\/\//.test(apiHost) ? apiHost : `https://${apiHost}`}/api/v1/namespaces`,
  headers: {
    authorization: `Basic ${Buffer.from(apiKey).toString('base64')}`,
    ...(transactionId !== undefined && { 'x-request-id': transactionId }),
  },
});
