import { computed, type ReadonlySignal, signal } from '@preact/signals';
import type { CompiledChains } from '../src/core/link.ts';
import { type AppRef, appKey } from '../src/core/names.ts';
import { groupRuns, type Run } from '../src/core/runs/group-runs.ts';
import { deployedChains, PAGE_TYPES, type PageDocument, PageDocuments, type PageType } from './model/documents.ts';
import type { OnDocuments } from './replica/replica.ts';

/** The ledger as the page's views read it. A view that reads something of it is painted again when that changes. */
export interface Ledger {
  /** The documents of a type, by id. */
  of<T extends PageType>(type: T): ReadonlyMap<string, PageDocument<T>>;
  /** The newest run first. */
  readonly runs: ReadonlySignal<readonly Run[]>;
  /** The deployed chains. */
  readonly chains: ReadonlySignal<CompiledChains>;
  /** How people call an app. */
  labelOf(app: AppRef): string;
  /** How many documents were left out because this version of Cascade does not write such documents. */
  readonly malformed: ReadonlySignal<number>;
}

/** Makes the ledger of the page, and the function through which documents come into it. */
export function createLedger(): { readonly ledger: Ledger; readonly take: OnDocuments } {
  const documents = new PageDocuments();
  const versions = new Map(PAGE_TYPES.map((type) => [type, signal(0)]));
  const malformed = signal(0);
  const of: Ledger['of'] = (type) => {
    // Reading the version makes the reader depend on it.
    versions.get(type)?.value;
    return documents.of(type);
  };
  const chains = computed(() => deployedChains({ of }));
  return {
    ledger: {
      of,
      chains,
      malformed,
      runs: computed(() => groupRuns({ events: [...of('event').values()], orders: [...of('order').values()] })),
      labelOf: (app) => chains.value.apps[appKey(app)]?.label ?? app.appId,
    },
    take: (taken) => {
      for (const type of documents.take(taken)) {
        const version = versions.get(type);
        if (version !== undefined) version.value += 1;
      }
      malformed.value = documents.malformed.size;
    },
  };
}
