import type { Bench } from '../bench.ts';
import { measureLatency } from './measure-latency.ts';
import { measureNotice } from './measure-notice.ts';
import { measureRequests } from './measure-requests.ts';

/**
 * Measures what the ledger costs: the requests to the store for each case, and how much later a webhook is answered.
 */
export const cost: Bench = {
  name: 'cost',
  about: 'requests to the store for each case, by the protocol’s table; a warm webhook’s answer beside its parts',
  servers: { store: true, openwhisk: true },
  async run(say, servers) {
    return [
      ...(await measureRequests(say, servers)),
      ...(await measureNotice(say, servers)),
      ...(await measureLatency(say, servers)),
    ];
  },
};
