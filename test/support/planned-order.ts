import type { NewDocument } from '../../src/clients/couchdb/couchdb-port.ts';

/** An order as the invoker creates it, without times. Tests add times, and change its state. */
export const plannedOrder = {
  _id: 'order:default:a:s:r0',
  schema: 1,
  type: 'order',
  tenant: 'default',
  appId: 'a',
  chain: 'sales',
  state: 'planned',
  body: {},
  causes: ['r0'],
  hops: 1,
  root: 'event:default:r0',
  traceId: 't1',
  try: 1,
  claims: 0,
  ends: [],
} satisfies NewDocument;
