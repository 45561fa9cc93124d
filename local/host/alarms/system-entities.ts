/*
 * The local host imitates OpenWhisk without Docker, so that `npm start` and the tests can run Cascade's actions on a
 * laptop. OpenWhisk has a package for alarms that every namespace can use, and Cascade's schedule needs it. This file
 * makes that package.
 */

import type { ActivationResponse } from '../activations.ts';
import { EntityStore, SYSTEM_NAMESPACE } from '../entities/store.ts';
import { completed, failed } from '../invoke/outcome.ts';
import type { HostObject } from '../json.ts';
import { DEFAULT_ACTION_LIMITS } from '../limits.ts';
import { FEEDS, type Feed, FeedRefusal } from './alarm-config.ts';
import type { AlarmFeeds } from './alarm-feeds.ts';

/**
 * Makes the package `/whisk.system/alarms` with its feed actions. A feed action makes or changes an alarm, which fires
 * a trigger at certain times.
 *
 * @param alarms - returns what does the work. It is a function, because the alarms are made later than this store.
 */
export function systemEntities(alarms: () => AlarmFeeds, now: number): EntityStore {
  const store = new EntityStore();
  const common = { version: '0.0.1', publish: false, updated: now } as const;
  const name = 'alarms';
  store.set(name, {
    ...common,
    publish: true,
    type: 'packages',
    name,
    namespace: SYSTEM_NAMESPACE,
    annotations: [],
    parameters: [],
  });
  for (const feed of FEEDS) {
    store.set(`${name}/${feed}`, {
      ...common,
      type: 'actions',
      name: feed,
      namespace: `${SYSTEM_NAMESPACE}/${name}`,
      annotations: [
        { key: 'feed', value: true },
        { key: 'exec', value: 'nodejs:20' },
      ],
      parameters: [],
      exec: { kind: 'nodejs:20', code: '// Part of the local host.', binary: false },
      limits: DEFAULT_ACTION_LIMITS,
      revision: `${name}/${feed}`,
      builtIn: (params) => respond(alarms(), feed, params),
    });
  }
  return store;
}

function respond(alarms: AlarmFeeds, feed: Feed, params: HostObject): ActivationResponse {
  try {
    return completed(alarms.handle(feed, params));
  } catch (error) {
    if (!(error instanceof FeedRefusal)) throw error;
    const { message, detail } = error;
    return failed('application error', { error: message, ...(detail === undefined ? {} : { message: detail }) });
  }
}
