import type { ReadonlySignal } from '@preact/signals';
import type { EpochMs } from '../../src/core/units.ts';
import type { SyncState } from '../replica/replica.ts';
import { localText } from './instant.tsx';

interface SyncStatusProps {
  readonly sync: ReadonlySignal<SyncState>;
  readonly now: ReadonlySignal<EpochMs>;
}

/** Says in the page's header how up to date the page is: live, still loading, offline, or why nothing new comes. */
export function SyncStatus({ sync, now }: SyncStatusProps) {
  const state = sync.value;
  return (
    <>
      <p class={`sync ${state.kind}`} role="status">
        {words(state, now.value)}
      </p>
      {state.kind === 'loading' && <progress aria-label="How much of the last 14 days is loaded" value={state.part} />}
    </>
  );
}

function words(state: SyncState, now: EpochMs): string {
  switch (state.kind) {
    case 'opening':
      return 'Reading what is on this device';
    case 'loading':
      return 'Loading the last 14 days, the newest first';
    case 'live':
      return 'Live';
    case 'offline':
      return state.asOf === undefined
        ? 'Offline, and nothing is on this device yet'
        : `As of ${localText(state.asOf, now).slice(0, -3)}, offline`;
    case 'refused':
      return state.account === 'no-database' ? 'CouchDB has no such database' : 'CouchDB no longer takes this account';
    case 'failed':
      return 'This device does not keep what comes';
    default:
      return state satisfies never;
  }
}
