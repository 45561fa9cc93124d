/*
 * The action `meter` counts for the metrics how often each action ran. This file reads the activations (the single runs
 * of actions) from OpenWhisk, whose list is in pages.
 */

import type { ActivationsPort, ListedActivation } from '../../src/clients/openwhisk/activations-port.ts';
import { ACTIVATION_STATUSES, type CountedActivation } from '../../src/core/metrics/stat.ts';
import type { EpochMs } from '../../src/core/units.ts';

/**
 * The most pages that are read of one window of time. OpenWhisk needs about 0.1 s for a page of 200 records: so 10 s.
 */
const MOST_PAGES = 100;

/**
 * The activations of Cascade's package that started in a window of time, by the name of their action; and those of the
 * package `questions` beside it, by `questions/` and the name.
 *
 * While the list is read, new records push others to a later page. So a record may come twice, and each id has to be
 * counted once.
 *
 * @param packagePath - `namespace/package/`, of Cascade's package.
 * @param window - from `from` on, before `until`.
 * @returns `too-many` if 100 pages were not enough to reach the list's end: a smaller window is needed. A window of one
 *   millisecond cannot be smaller, so it is read to its end.
 */
export async function activationsByAction(
  activations: ActivationsPort,
  packagePath: string,
  { from, until }: { readonly from: EpochMs; readonly until: EpochMs },
): Promise<ReadonlyMap<string, readonly CountedActivation[]> | 'too-many'> {
  const found = new Map<string, CountedActivation[]>();
  const upto = (until - 1) as EpochMs;
  let skip = 0;
  for (let pages = 0; ; pages += 1) {
    if (pages === MOST_PAGES && until - from > 1) return 'too-many';
    const page = await activations.page({ since: from, upto, skip });
    if (page.length === 0) return found;
    skip += page.length;
    for (const activation of page) {
      const action = actionIn(activation.path ?? '', packagePath);
      if (action === undefined) continue;
      found.set(action, [...(found.get(action) ?? []), countedOf(activation)]);
    }
  }
}

/** The name under which an action is counted; undefined if it is in another package. */
function actionIn(path: string, packagePath: string): string | undefined {
  if (path.startsWith(packagePath)) return path.slice(packagePath.length);
  const namespace = packagePath.slice(0, packagePath.indexOf('/') + 1);
  return path.startsWith(`${namespace}questions/`) ? path.slice(namespace.length) : undefined;
}

const countedOf = ({ path: _, statusCode, ...rest }: ListedActivation): CountedActivation => ({
  ...rest,
  status: ACTIVATION_STATUSES[statusCode] ?? 'internal_error',
});
