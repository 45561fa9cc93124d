import { batch, computed, type ReadonlySignal, signal } from '@preact/signals';
import type { CompiledChains } from '../src/core/link.ts';
import { type AppRef, appKey } from '../src/core/names.ts';
import type { Run } from '../src/core/runs/group-runs.ts';
import { deployedChains, PAGE_TYPES, type PageDocument, PageDocuments, type PageType } from './model/documents.ts';
import { RunBook } from './model/run-book.ts';
import type { OnDocuments } from './replica/replica.ts';
import type { Knowledge } from './replica/summary.ts';

/**
 * The ledger (Cascade's memory) as the page's views read it: the documents that this device has. A view that reads
 * something of it is painted again when that changes.
 */
export interface Ledger {
  /** The documents of a type, by id. */
  of<T extends PageType>(type: T): ReadonlyMap<string, PageDocument<T>>;
  /**
   * All runs, the newest first. A run is a first reload, and all reloads that follow from it. Only a run that a change
   * concerns becomes a new object.
   */
  readonly runs: ReadonlySignal<readonly Run[]>;
  /**
   * The id of the root (the end, or the order by hand, with which a run began) of the run that has this end or order.
   * An order is a reload that Cascade owes. Undefined if the device does not have it.
   */
  rootOf(id: string): string | undefined;
  /** The deployed chains. */
  readonly chains: ReadonlySignal<CompiledChains>;
  /** The name of an app for people, or its id if it is in no deployed chain. */
  labelOf(app: AppRef): string;
  /** How many documents this page left out, because this version of Cascade does not write such documents. */
  readonly malformed: ReadonlySignal<number>;
}

/**
 * Makes the ledger of the page. Views read `ledger`. The replica (the copy of the ledger's documents on this device)
 * brings documents in by `take`.
 */
export function createLedger(): {
  readonly ledger: Ledger;
  readonly take: OnDocuments;
  /**
   * What the page knows. The device keeps it in a few large texts, so that the page opens quickly the next time: see
   * `replica/summary.ts`.
   */
  readonly knowledge: Knowledge;
} {
  const documents = new PageDocuments();
  const versions = new Map(PAGE_TYPES.map((type) => [type, signal(0)]));
  const malformed = signal(0);
  const book = new RunBook({ events: documents.of('event'), orders: documents.of('order') });
  const runs = signal<readonly Run[]>([]);
  const of: Ledger['of'] = (type) => {
    // A view that reads this signal is painted again when the signal changes.
    versions.get(type)?.value;
    return documents.of(type);
  };
  const chains = computed(() => deployedChains({ of }));
  /**
   * Has the views painted again that have read something of these types. Because of the batch, a view is painted once,
   * even if several signals change.
   */
  const publish = (types: ReadonlySet<PageType>, changed: readonly { readonly _id: string }[]): void =>
    batch(() => {
      for (const type of types) {
        const version = versions.get(type);
        if (version !== undefined) version.value += 1;
      }
      const history = changed.map(({ _id }) => _id).filter((id) => /^(event|order):/.test(id));
      if (history.length > 0) runs.value = book.change(history);
      malformed.value = documents.malformed.size;
    });
  return {
    ledger: {
      of,
      chains,
      malformed,
      runs,
      rootOf: (id) => {
        // A view that reads this signal is painted again when the signal changes.
        runs.value;
        return book.rootOf(id);
      },
      labelOf: (app) => chains.value.apps[appKey(app)]?.label ?? app.appId,
    },
    take: (taken) => publish(documents.take(taken), taken),
    knowledge: {
      adopt: (facts) => {
        const known = facts as readonly PageDocument<PageType>[];
        publish(documents.adopt(known), known);
      },
      factsOf: (part) => documents.factsOf(part),
      forget: (before) => {
        const ids = documents.forget(before);
        publish(
          new Set(['event', 'order']),
          ids.map((_id) => ({ _id })),
        );
        return ids;
      },
      isWhole: () => documents.isWhole(),
      takeChangedParts: () => documents.takeChangedParts(),
    },
  };
}
