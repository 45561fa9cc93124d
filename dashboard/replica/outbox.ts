import { type ReadonlySignal, type Signal, signal } from '@preact/signals';
import type { StoreAddress } from '../configuration.ts';
import { UNSENT_REV } from '../model/documents.ts';
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
   * Sends what waits, unless the store has refused the account: CouchDB locks an account after several failed logins.
   */
  trySending(): Promise<void>;
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

/**
 * The database on the device in which the outbox keeps documents. All tabs of the account use it at the same time.
 * `outbox-database.ts` opens it. Its functions throw what the device throws.
 */
export interface OutboxDatabase {
  /** All documents, in the order of the ids. */
  all(): Promise<readonly Unsent[]>;
  /** Adds new documents: all of them, or none if it throws. */
  add(documents: readonly NewPageDocument[]): Promise<void>;
  /** Notes why a document is refused. Does nothing if another tab has dropped the document. */
  refuse(unsent: Unsent): Promise<void>;
  /** Drops a document, if it is still there. */
  drop(id: string): Promise<void>;
  /** Has a function called each time another tab has changed something. */
  watch(act: () => void): void;
  close(): Promise<void>;
  destroy(): Promise<void>;
}

interface OutboxOptions {
  /** A database of its own: it has only what the store does not have yet. */
  readonly local: OutboxDatabase;
  readonly configuration: StoreAddress;
  readonly login: Login;
  readonly onDocuments: OnDocuments;
  /** Whether the store has refused the password. The outbox sets it, too. */
  readonly isWrong: Signal<boolean>;
}

/** Makes the outbox of an account on this device. `openDesk` calls it when a person signs in. */
export function createOutbox({ local, configuration, login, onDocuments, isWrong }: OutboxOptions): Outbox {
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
  /** Reads what is on the device, and shows what another tab has added, sent, or found refused. */
  const read = async (): Promise<readonly Unsent[]> => {
    const kept = await local.all();
    const left = new Set(kept.map(({ document }) => document._id));
    for (const id of unsent.value.keys()) if (!left.has(id)) change(id, undefined);
    for (const { document, refused } of kept) {
      const known = unsent.value.get(document._id);
      if (known !== undefined && known.refused === refused) continue;
      if (refused === undefined) show([document]);
      else showRefused(document, refused);
    }
    return kept;
  };
  const drop = async (id: string): Promise<void> => {
    await local.drop(id);
    change(id, undefined);
  };

  /** Sends one document. @returns whether to go on with the next one. */
  const sendOne = async ({ document }: Unsent): Promise<boolean> => {
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
    isWrong.value ||= account.kind === 'wrong';
    if (account.kind !== 'welcome') return false;
    await local.refuse({ document, refused: answer.why });
    showRefused(document, answer.why);
    return true;
  };
  const sendAll = async (): Promise<void> => {
    for (const each of await read()) {
      // Another tab may have sent it meanwhile.
      if (unsent.value.has(each.document._id) && !(await sendOne(each))) return;
    }
  };
  /** One round after another, so that this tab does not send a document twice at the same time. */
  let sending: Promise<void> = Promise.resolve();
  const send = (): Promise<void> => {
    // If the device fails, the next round begins anew: it sends again what the device could not drop.
    sending = sending.then(sendAll).catch(() => {});
    return sending;
  };
  const trySending = async (): Promise<void> => {
    if (held.value !== undefined || isWrong.value) return;
    if ([...unsent.value.values()].some(({ refused }) => refused === undefined)) await send();
  };

  return {
    unsent,
    held,
    async open() {
      // The device may fail. The next round of sending reads again.
      local.watch(() => void read().catch(() => {}));
      await read();
    },
    async add(documents) {
      await local.add(documents);
      show(documents);
      if (!isWrong.value) void send();
    },
    send,
    trySending,
    discard: drop,
    close: () => local.close(),
    destroy: () => local.destroy(),
  };
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
