import { type ReadonlySignal, signal } from '@preact/signals';
import type { StoreAddress } from '../configuration.ts';
import { type RawDocument, UNSENT_REV } from '../model/documents.ts';
import type { AccountProblem } from '../model/notices.ts';
import { storeReason } from '../session/account-problem.ts';
import { basicOf, type Login } from '../session/login.ts';
import { type SignInAnswer, tryLogin } from '../session/try-login.ts';
import type { OnDocuments } from './replica.ts';

/**
 * A document that a person made, such as a note to a ticket, and that the store (the CouchDB of the ledger, Cascade's
 * memory) does not have yet.
 */
export interface Unsent {
  readonly document: NewPageDocument;
  /**
   * Why the store does not take it, in CouchDB's words; absent if the document waits. A refused document counts
   * nowhere. It stays here until the person drops it, or until the store takes it after all.
   */
  readonly refused?: string;
}

/**
 * Keeps new documents on the device until the store has them. So a person can act without network, and nothing is lost
 * if the tab is closed.
 */
export interface Outbox {
  /** What the store does not have yet, by document id. */
  readonly unsent: ReadonlySignal<ReadonlyMap<string, Unsent>>;
  /** Why the store takes nothing from the account; undefined if it takes documents, or if nobody knows. */
  readonly held: ReadonlySignal<AccountProblem | undefined>;
  /** Reads what an earlier tab has left here. Call it first. */
  open(): Promise<void>;
  /**
   * Keeps new documents on the device, shows them in the page, and begins to send them.
   *
   * @throws what the device throws, if it does not store them.
   */
  add(documents: readonly NewPageDocument[]): Promise<void>;
  /**
   * Sends what is here, in the order of the ids. If the store refuses a document, this goes on with the next one. If
   * the store refuses the account, or may take the document later (it gives no answer, or one such as 503), this stops,
   * and the next call tries again.
   */
  send(): Promise<void>;
  /** Drops a document that the store refuses. */
  discard(id: string): Promise<void>;
  close(): Promise<void>;
  destroy(): Promise<void>;
}

/** A document that the store has never had. So it has no revision. */
export interface NewPageDocument {
  readonly _id: string;
  readonly [field: string]: unknown;
}

/** The part of a database on the device that the outbox uses. `pouch.ts` opens one. */
export interface OutboxDatabase {
  allDocs(options: object): Promise<{ readonly rows: readonly { readonly doc?: object | null }[] }>;
  get(id: string): Promise<{ readonly _rev: string }>;
  put(document: object): Promise<unknown>;
  bulkDocs(documents: readonly object[]): Promise<unknown>;
  close(): Promise<void>;
  destroy(): Promise<void>;
}

interface OutboxOptions {
  /** A database of its own: it has only what the store does not have yet. */
  readonly local: OutboxDatabase;
  readonly configuration: StoreAddress;
  readonly login: Login;
  readonly onDocuments: OnDocuments;
}

/** Makes the outbox of an account on this device. `openDesk` calls it when a person signs in. */
export function createOutbox({ local, configuration, login, onDocuments }: OutboxOptions): Outbox {
  const { storeUrl = '', database } = configuration;
  const databaseUrl = `${storeUrl}/${encodeURIComponent(database)}`;
  const unsent = signal<ReadonlyMap<string, Unsent>>(new Map());
  const held = signal<AccountProblem | undefined>(undefined);
  const change = (id: string, state: Unsent | undefined): void => {
    const changed = new Map(unsent.value);
    if (state === undefined) changed.delete(id);
    else changed.set(id, state);
    unsent.value = changed;
  };
  const show = (documents: readonly NewPageDocument[]): void => {
    onDocuments(documents.map((document) => ({ ...document, _rev: UNSENT_REV })));
    for (const document of documents) change(document._id, { document });
  };
  /** Takes a refused document out of the page's ledger, because what it says has not happened. */
  const showRefused = (document: NewPageDocument, refused: string): void => {
    onDocuments([{ _id: document._id, _rev: UNSENT_REV, _deleted: true }]);
    change(document._id, { document, refused });
  };
  const all = async (): Promise<readonly Kept[]> =>
    (await local.allDocs({ include_docs: true })).rows.flatMap(({ doc }) => (doc ? [keptIn(doc as RawDocument)] : []));
  const drop = async (id: string): Promise<void> => {
    await changeOnDevice(async () => local.put({ _id: id, _rev: (await local.get(id))._rev, _deleted: true }));
    change(id, undefined);
  };

  /** Sends one document. @returns whether to go on with the next one. */
  const sendOne = async ({ rev, document }: Kept): Promise<boolean> => {
    const answer = await putNew(databaseUrl, login, document);
    if (answer.kind === 'later') return false;
    if (answer.kind === 'stored') {
      held.value = undefined;
      await drop(document._id);
      return true;
    }
    // Is the account at fault, or the document?
    const account = await tryLogin(configuration, login);
    held.value = problemOf(account);
    if (account.kind !== 'welcome') return false;
    await changeOnDevice(() => local.put({ ...document, _rev: rev, [REFUSED]: answer.why }));
    showRefused(document, answer.why);
    return true;
  };
  const sendAll = async (): Promise<void> => {
    const known = [...unsent.value.keys()];
    const waiting = await all();
    // Another tab may have sent some of them: the two tabs share the device's database.
    const left = new Set(waiting.map(({ document }) => document._id));
    for (const id of known) if (!left.has(id)) change(id, undefined);
    for (const each of waiting) if (!(await sendOne(each))) return;
  };
  /** One round after another, so that this tab does not send a document twice at the same time. */
  let sending: Promise<void> = Promise.resolve();
  const send = (): Promise<void> => {
    sending = sending.then(sendAll, sendAll);
    return sending;
  };

  return {
    unsent,
    held,
    async open() {
      for (const { document, refused } of await all()) {
        if (refused === undefined) show([document]);
        else showRefused(document, refused);
      }
    },
    async add(documents) {
      await local.bulkDocs(documents);
      show(documents);
      void send();
    },
    send,
    discard: drop,
    close: () => local.close(),
    destroy: () => local.destroy(),
  };
}

/** The field of a document on the device that says why the store refused it. The store never gets this field. */
const REFUSED = 'refused';

/** A document as it is on the device, with the revision that the device gave it. */
interface Kept extends Unsent {
  readonly rev: string;
}

function keptIn({ _rev: rev, [REFUSED]: refused, ...document }: RawDocument): Kept {
  return { rev, document, ...(typeof refused === 'string' && { refused }) };
}

/**
 * Changes a document on the device. If another tab of the same account was faster (status 404 or 409), nothing is left
 * to do.
 */
async function changeOnDevice(change: () => Promise<unknown>): Promise<void> {
  try {
    await change();
  } catch (error) {
    const { status } = error as { readonly status?: number };
    if (status !== 404 && status !== 409) throw error;
  }
}

function problemOf({ kind }: SignInAnswer): AccountProblem | undefined {
  return kind === 'welcome' || kind === 'no-answer' || kind === 'strange' ? undefined : kind;
}

type PutAnswer =
  | { readonly kind: 'stored' }
  /** The store does not take it: the document or the account is at fault. */
  | { readonly kind: 'refused'; readonly why: string }
  /** No answer, or one that may be better the next time. */
  | { readonly kind: 'later' };

/** 408 is a time-out, and 429 too many requests: the same request may succeed later. */
const LATER = [408, 429];

/**
 * Sends a new document with PUT. 409 says that the store has a document with this id. Ids have a random part, so it is
 * this document, from an earlier request.
 */
async function putNew(databaseUrl: string, login: Login, document: NewPageDocument): Promise<PutAnswer> {
  try {
    const response = await fetch(`${databaseUrl}/${encodeURIComponent(document._id)}`, {
      method: 'PUT',
      headers: { authorization: basicOf(login), accept: 'application/json', 'content-type': 'application/json' },
      credentials: 'omit',
      body: JSON.stringify(document),
    });
    if (response.ok || response.status === 409) return { kind: 'stored' };
    const isRefused = response.status >= 400 && response.status < 500 && !LATER.includes(response.status);
    return isRefused
      ? { kind: 'refused', why: (await storeReason(response)) ?? `CouchDB answered ${response.status}.` }
      : { kind: 'later' };
  } catch {
    return { kind: 'later' };
  }
}
