import type { StoredDocument } from '../../src/clients/couchdb/couchdb-port.ts';
import { isOfTheirs } from './world/other-names.ts';
import type { World } from './world/world.ts';

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
/** At least two sweeps have seen everything that is this old, however late Qlik showed it. */
const QUIET_MS = 16 * MINUTE_MS;
/**
 * The longest that anything waits. The guard of starts lets four reloads of an app start in an hour. In seed 863 a
 * hundred orders of one app wait for that.
 */
const MOST_REST_MS = 72 * HOUR_MS;
/** How long it may take until everything is listed once. If each page takes seconds, that needs several sweeps. */
const SLOW_ROUND_MS = HOUR_MS;

/** Lets the world run until nothing is left to do. If that never comes, it is a violation. */
export async function comeToRest(world: World): Promise<void> {
  const { scheduler } = world;
  const from = scheduler.now;
  const latest = from + MOST_REST_MS;
  while (world.violation === undefined && !isAtRest(world, from)) {
    if (scheduler.now > latest) return world.violate('undone', `Left undone: ${leftUndone(world).join(', ')}`);
    await scheduler.runUntil(scheduler.now + MINUTE_MS);
  }
}

/** @param from - when the faults ended: sweeps may have been paused until then. */
const isAtRest = (world: World, from: number): boolean =>
  world.scheduler.now - Math.max(world.stirredAt, from) > QUIET_MS && leftUndone(world).length === 0;

function leftUndone(world: World): readonly string[] {
  const due = world.store.dueIds().flatMap((id) => world.store.peek(id) ?? []);
  const busy = {
    reloads: [...world.tenants.values()].reduce((sum, tenant) => sum + tenant.activeCount(), 0),
    activations: world.host.open,
    webhooks: world.webhooks.open,
  };
  return [
    ...due.filter((document) => !isOfTheirs(document) && !isExcused(document, world)).map(nameOf),
    ...[...world.tenants.keys()].filter((tenant) => !isListed(tenant, world)).map((tenant) => `the list of ${tenant}`),
    ...Object.entries(busy).flatMap(([what, count]) => (count === 0 ? [] : [`${count} ${what}`])),
  ];
}

const nameOf = ({ _id, state }: StoredDocument): string => `${_id} (${String(state ?? 'due')})`;

/**
 * Whether a document may stay due. Its app cannot be seen, so nobody can settle it. A person must have an alert about
 * that, unless the app's list fails: then Qlik's own error is enough.
 */
function isExcused(document: StoredDocument, world: World): boolean {
  if (!world.isStuck(document)) return false;
  const [tenant, appId] = [String(document['tenant']), String(document['appId'])];
  if (world.tenants.get(tenant)?.unseen.get(appId) === 'list-fails') return true;
  return isAlerted(world, document['type'] === 'order' ? document._id : `${tenant}/${appId}`);
}

const isAlerted = (world: World, subject: string): boolean =>
  world.store.all().some(({ _id, type }) => type === 'alert' && _id.includes(subject));

/** Whether sweeps have listed the tenant's ends back to the last one that the ledger knew. */
function isListed(tenant: string, world: World): boolean {
  const checkpoint = world.store.peek(`checkpoint:${tenant}`);
  if (behindIn(checkpoint).some((appId) => world.tenants.get(tenant)?.unseen.get(appId) !== 'list-fails')) return false;
  if (checkpoint?.['gap'] === undefined && checkpoint?.['round'] === undefined) return true;
  const listedAt = world.listedAt.get(tenant) ?? 0;
  return world.tenants.get(tenant)?.traits.isSlow === true && listedAt > world.stirredAt + SLOW_ROUND_MS;
}

/** Apps whose own list failed when a sweep last asked for it. */
const behindIn = (checkpoint: StoredDocument | undefined): readonly string[] =>
  Object.keys((checkpoint?.['behind'] as object | undefined) ?? {});
