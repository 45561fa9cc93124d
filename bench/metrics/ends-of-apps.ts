import type { NewDocument } from '../../src/clients/couchdb/couchdb-port.ts';
import { type AppState, type CountedEnd, FRESH_APP, withoutRecorded } from '../../src/core/desk/app-state.ts';
import { applyEndToApp } from '../../src/core/desk/apply-end-to-app.ts';
import type { AppId, ReloadId, TenantName } from '../../src/core/names.ts';
import type { Outcome } from '../../src/core/reload-finished.ts';
import type { EpochMs } from '../../src/core/units.ts';

const GAP_MS = 60_000;

/** The ends of one app, one a minute. One reload in ten fails, and one in a hundred is canceled. */
export function endsOfApp(app: number, count: number, until: number): readonly CountedEnd[] {
  const appId = `5a1e5000-0000-4000-8000-${String(app).padStart(12, '0')}` as AppId;
  return Array.from({ length: count }, (_, index) => {
    const endedAt = (until - (count - index) * GAP_MS) as EpochMs;
    const reloadId = `${String(app).padStart(8, '0')}${String(index).padStart(16, '0')}` as ReloadId;
    const end = { tenant: 'default' as TenantName, appId, reloadId, outcome: outcomeOf(app + index), endedAt };
    return { ...end, startedAt: (endedAt - 2_500) as EpochMs, partial: false, willRetry: false };
  });
}

const outcomeOf = (number: number): Outcome => {
  if (number % 100 === 55) return 'canceled';
  return number % 10 === 3 ? 'failed' : 'succeeded';
};

/** The app's document after its ends were recorded one after the other. */
export function appAfter(ends: readonly CountedEnd[], now: EpochMs): NewDocument {
  const [first] = ends;
  if (first === undefined) throw new Error('An app without an end has no document.');
  const context = { routes: { failed: [], recovered: [] }, now };
  let state: AppState = FRESH_APP;
  for (const end of ends) {
    const { state: next } = applyEndToApp(state, end, context);
    state = { ...withoutRecorded(next, new Set(next.seen)), notices: [] };
  }
  return { _id: `app:${first.tenant}:${first.appId}`, schema: 1, type: 'app', ...state };
}

/** The finished event of an end. */
export function storedEnd({ startedAt: _, willRetry: _w, ...end }: CountedEnd): NewDocument {
  const { tenant, reloadId, endedAt } = end;
  const told = { source: 'webhook', traceId: reloadId, storedAt: endedAt, resolvedAt: endedAt, skips: [] };
  return { _id: `event:${tenant}:${reloadId}`, schema: 1, type: 'event', ...end, ...told };
}
