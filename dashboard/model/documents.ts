/*
 * The page has many documents of the ledger (Cascade's memory) in memory. This file holds them. It checks the documents
 * that come in, and divides them into parts, which the device keeps for a quick opening of the page. The types of
 * documents: an event is a reload that ended, an order is a reload that Cascade owes, a definition is the compiled
 * chain files of one deployment.
 */

import { CascadeError } from '../../src/core/cascade-error.ts';
import { DEPLOYED_ID, definitionId } from '../../src/core/document-ids.ts';
import type { CompiledChains } from '../../src/core/link.ts';
import type { EventFact, OrderFact } from '../../src/core/runs/facts.ts';
import type { EpochMs } from '../../src/core/units.ts';
import { readAct } from '../../src/ledger/documents/act.ts';
import { readAlert } from '../../src/ledger/documents/alert.ts';
import { readAppState } from '../../src/ledger/documents/app-state.ts';
import { readDead } from '../../src/ledger/documents/dead.ts';
import { readDefinition } from '../../src/ledger/documents/definition.ts';
import { type DeployedDocument, readDeployed } from '../../src/ledger/documents/deployed.ts';
import { readJoin } from '../../src/ledger/documents/join.ts';
import { readAnyTicket } from '../../src/ledger/documents/question.ts';
import { readStat } from '../../src/ledger/documents/stat.ts';
import type { LedgerDocument } from '../../src/ledger/ledger-document.ts';
import { eventFact, orderFact } from '../../src/ledger/read-facts.ts';
import { isDay, partOfDay, partOfType } from './summary-parts.ts';

/** A document as it comes from the store (the ledger's CouchDB) or from the device, not checked yet. */
export interface RawDocument {
  readonly _id: string;
  readonly _rev: string;
  readonly _deleted?: boolean;
  readonly [field: string]: unknown;
}

/** The readers of the types that the page shows. Documents of other types it neither loads nor reads. */
const READERS = {
  act: readAct,
  alert: readAlert,
  app: readAppState,
  dead: readDead,
  definition: readDefinition,
  deployed: readDeployed,
  event: eventFact,
  join: readJoin,
  order: orderFact,
  stat: readStat,
  ticket: readAnyTicket,
} as const;

/** A type of document that the page can read: some of the ledger's types. */
export type PageType = keyof typeof READERS;

/** All types that the page can read. */
export const PAGE_TYPES = Object.keys(READERS) as readonly PageType[];

/** What the page knows of a document of a type. Of events and orders it keeps only what people see: there are many. */
export type PageDocument<T extends PageType> = T extends 'event'
  ? EventFact
  : T extends 'order'
    ? OrderFact
    : T extends 'deployed'
      ? DeployedDocument
      : Extract<LedgerDocument, { readonly type: T }>;

/** The revision of a document that the store does not have yet, and so has given none. */
export const UNSENT_REV = '0-unsent';

/**
 * The type of a document, which is the part of its id before the first colon; undefined if the page does not read such
 * documents.
 */
export function typeOf(id: string): PageType | undefined {
  const [type = ''] = id.split(':', 1);
  return PAGE_TYPES.find((each) => each === type);
}

type Documents = { readonly [T in PageType]: Map<string, PageDocument<T>> };

/**
 * The ledger's documents in memory, by type and id. The page's `Ledger` takes them from here, and has the views painted
 * again when they change.
 */
export class PageDocuments {
  readonly #documents = Object.fromEntries(PAGE_TYPES.map((type) => [type, new Map()])) as unknown as Documents;
  readonly #malformed = new Set<string>();
  #changedParts = new Set<string>();

  /** The documents of a type, by id. */
  of<T extends PageType>(type: T): ReadonlyMap<string, PageDocument<T>> {
    return this.#documents[type];
  }

  /**
   * The ids of documents that this version of Cascade does not understand. The page leaves them out, and says how many
   * there are.
   */
  get malformed(): ReadonlySet<string> {
    return this.#malformed;
  }

  /** Checks new, changed and deleted documents, and takes them in. @returns their types. */
  take(documents: readonly RawDocument[]): ReadonlySet<PageType> {
    const changed = new Set<PageType>();
    for (const document of documents) {
      const type = typeOf(document._id);
      if (type === undefined) continue;
      this.#takeOne(type, document);
      changed.add(type);
    }
    return changed;
  }

  /**
   * Takes in documents that the same code has checked at an earlier opening of the page. They change no part.
   *
   * @returns their types.
   */
  adopt(facts: readonly PageDocument<PageType>[]): ReadonlySet<PageType> {
    const types = new Set<PageType>();
    for (const fact of facts) {
      const type = typeOf(fact._id);
      if (type === undefined) continue;
      (this.#documents[type] as Map<string, PageDocument<PageType>>).set(fact._id, fact);
      types.add(type);
    }
    return types;
  }

  /**
   * The documents of a part (a day of the history, or a type), for a later opening. Those that the store does not have
   * yet are left out: the outbox keeps them.
   */
  factsOf(part: string): readonly PageDocument<PageType>[] {
    const types = PAGE_TYPES.filter((type) => part === partOfType(type) || (isDay(part) && isHistory(type)));
    return types.flatMap((type) => {
      const facts = [...this.#documents[type].values()] as readonly PageDocument<PageType>[];
      return facts.filter((fact) => partOf(type, fact) === part && !isUnsent(fact));
    });
  }

  /** Drops events that ended, and orders that were made, before an instant. @returns the ids of what is dropped. */
  forget(before: EpochMs): readonly string[] {
    const events = [...this.#documents.event.values()].filter(({ endedAt }) => endedAt < before);
    const orders = [...this.#documents.order.values()].filter(({ createdAt }) => createdAt < before);
    for (const event of events) this.#changedParts.add(partOf('event', event));
    for (const order of orders) this.#changedParts.add(partOf('order', order));
    for (const { _id } of events) this.#documents.event.delete(_id);
    for (const { _id } of orders) this.#documents.order.delete(_id);
    return [...events, ...orders].map(({ _id }) => _id);
  }

  /** Whether the page left no document out. */
  isWhole(): boolean {
    return this.#malformed.size === 0;
  }

  /** The parts that have changed since this was last called. */
  takeChangedParts(): ReadonlySet<string> {
    const changed = this.#changedParts;
    this.#changedParts = new Set();
    return changed;
  }

  #takeOne(type: PageType, document: RawDocument): void {
    const { _id } = document;
    const known = this.#documents[type] as Map<string, PageDocument<PageType>>;
    const before = known.get(_id);
    // The store has this document already: another tab has sent it, or the answer was lost.
    if (isUnsent(document) && before !== undefined && !isUnsent(before)) return;
    const read =
      document._deleted === true
        ? undefined
        : readable(document, READERS[type] as (document: RawDocument) => PageDocument<PageType>);
    if (read === undefined) known.delete(_id);
    else known.set(_id, read);
    for (const fact of [before, read]) if (fact !== undefined) this.#changedParts.add(partOf(type, fact));
    if (read === undefined && document._deleted !== true) this.#malformed.add(_id);
    else this.#malformed.delete(_id);
  }
}

const isHistory = (type: PageType): boolean => type === 'event' || type === 'order';
const isUnsent = (fact: object): boolean => '_rev' in fact && fact._rev === UNSENT_REV;

/** The part to which a document belongs. */
function partOf(type: PageType, fact: PageDocument<PageType>): string {
  if (type === 'event') return partOfDay((fact as EventFact).endedAt);
  return type === 'order' ? partOfDay((fact as OrderFact).createdAt) : partOfType(type);
}

/** Reads a document; undefined if this version of Cascade does not understand it. */
function readable<T>(document: RawDocument, read: (document: RawDocument) => T): T | undefined {
  try {
    return read(document);
  } catch (error) {
    if (error instanceof CascadeError && error.code === 'LEDGER_MALFORMED') return undefined;
    throw error;
  }
}

const NO_CHAINS: CompiledChains = { links: {}, apps: {} };

/** The deployed chains. They have no links and apps if the device does not have all documents of them. */
export function deployedChains(documents: Pick<PageDocuments, 'of'>): CompiledChains {
  const hash = documents.of('deployed').get(DEPLOYED_ID)?.hash;
  return (hash === undefined ? undefined : chainsOfHash(hash, documents)) ?? NO_CHAINS;
}

/**
 * The chains of a definition; undefined if the device does not have all its parts.
 *
 * @param hash - names the definition.
 */
export function chainsOfHash(hash: string, documents: Pick<PageDocuments, 'of'>): CompiledChains | undefined {
  const parts = partsOf(hash, documents.of('definition'));
  if (parts.length === 0) return undefined;
  return {
    links: Object.assign({}, ...parts.map(({ links }) => links)),
    apps: Object.assign({}, ...parts.map(({ apps }) => apps)),
  };
}

/** Large chains are in several documents. This finds the parts in all of them; empty if one is missing. */
function partsOf(
  hash: string,
  definitions: ReadonlyMap<string, PageDocument<'definition'>>,
): readonly CompiledChains[] {
  const count = definitions.get(definitionId(hash))?.parts ?? 0;
  const parts = Array.from({ length: count }, (_, index) => definitions.get(definitionId(hash, index + 1))?.chains);
  return parts.every((part) => part !== undefined) ? parts : [];
}
