import { type ReadonlySignal, signal } from '@preact/signals';
import { isJsonObject } from '../../src/core/json-fields.ts';
import type { Configuration } from '../configuration.ts';
import type { RawDocument } from '../model/documents.ts';
import { basicOf, type Login } from '../session/login.ts';
import type { OnDocuments } from './replica.ts';

/** A document that a person made and the store does not have yet. */
export interface Unsent {
  /** Why the store does not take it, in CouchDB's words. Absent while it only waits for the network. */
  readonly refused?: string;
}

/** New documents on their way to the store. They outlive the tab, and go out when there is a network again. */
export interface Outbox {
  /** What is not sent yet, by document id. */
  readonly unsent: ReadonlySignal<ReadonlyMap<string, Unsent>>;
  /** Reads what an earlier tab has left. */
  open(): Promise<void>;
  /** Takes new documents, shows them at once, and sends them as soon as it can, in this order. */
  add(documents: readonly NewPageDocument[]): Promise<void>;
  /** Sends what waits. */
  send(): Promise<void>;
  /** Drops a document that the store refuses. */
  discard(id: string): Promise<void>;
  close(): Promise<void>;
  destroy(): Promise<void>;
}

/** A document that the store has never had. */
export interface NewPageDocument {
  readonly _id: string;
  readonly [field: string]: unknown;
}

/** In place of a revision: the store gives the first one. */
const UNSENT_REV = '0-unsent';

/** The part of a database on the device that the outbox needs. */
export interface OutboxDatabase {
  allDocs(options: object): Promise<{ readonly rows: readonly { readonly doc?: object | null }[] }>;
  get(id: string): Promise<{ readonly _rev: string }>;
  put(document: object): Promise<unknown>;
  bulkDocs(documents: readonly object[]): Promise<unknown>;
  close(): Promise<void>;
  destroy(): Promise<void>;
}

interface OutboxOptions {
  /** A database beside the replica, so replication never touches what is in it. */
  readonly local: OutboxDatabase;
  readonly configuration: Configuration;
  readonly login: Login;
  readonly onDocuments: OnDocuments;
}

/** The outbox of an account on this device. */
export function createOutbox({ local, configuration, login, onDocuments }: OutboxOptions): Outbox {
  const { storeUrl = '', database } = configuration;
  const databaseUrl = `${storeUrl}/${encodeURIComponent(database)}`;
  const unsent = signal<ReadonlyMap<string, Unsent>>(new Map());
  const change = (id: string, state: Unsent | undefined): void => {
    const changed = new Map(unsent.value);
    if (state === undefined) changed.delete(id);
    else changed.set(id, state);
    unsent.value = changed;
  };
  const all = async (): Promise<readonly RawDocument[]> =>
    (await local.allDocs({ include_docs: true })).rows.flatMap(({ doc }) => (doc ? [doc as RawDocument] : []));
  const drop = async (id: string): Promise<void> => {
    const { _rev } = await local.get(id);
    await local.put({ _id: id, _rev, _deleted: true });
    change(id, undefined);
  };

  /** Sends one document. @returns whether to go on with the next one. */
  const sendOne = async ({ _rev, ...document }: RawDocument): Promise<boolean> => {
    const answer = await putNew(databaseUrl, login, document);
    switch (answer.kind) {
      case 'stored':
        await drop(document._id);
        return true;
      case 'refused':
        change(document._id, { refused: answer.why });
        return true;
      case 'later':
        return false;
      default:
        return answer satisfies never;
    }
  };
  const sendAll = async (): Promise<void> => {
    for (const document of await all()) if (!(await sendOne(document))) return;
  };
  /** One round at a time, so that no document is sent twice beside itself. */
  let sending: Promise<void> = Promise.resolve();
  const send = (): Promise<void> => {
    sending = sending.then(sendAll, sendAll);
    return sending;
  };

  return {
    unsent,
    async open() {
      const waiting = await all();
      onDocuments(waiting.map((document) => ({ ...document, _rev: UNSENT_REV })));
      for (const { _id } of waiting) change(_id, {});
    },
    async add(documents) {
      await local.bulkDocs(documents);
      onDocuments(documents.map((document) => ({ ...document, _rev: UNSENT_REV })));
      for (const { _id } of documents) change(_id, {});
      void send();
    },
    send,
    async discard(id) {
      await drop(id);
      onDocuments([{ _id: id, _rev: UNSENT_REV, _deleted: true }]);
    },
    close: () => local.close(),
    destroy: () => local.destroy(),
  };
}

type PutAnswer =
  | { readonly kind: 'stored' }
  | { readonly kind: 'refused'; readonly why: string }
  | { readonly kind: 'later' };

/** PUTs a document that must be new. Its id holds a random part: if it is there already, it is this one. */
async function putNew(databaseUrl: string, login: Login, document: NewPageDocument): Promise<PutAnswer> {
  try {
    const response = await fetch(`${databaseUrl}/${encodeURIComponent(document._id)}`, {
      method: 'PUT',
      headers: { authorization: basicOf(login), accept: 'application/json', 'content-type': 'application/json' },
      credentials: 'omit',
      body: JSON.stringify(document),
    });
    if (response.ok || response.status === 409) return { kind: 'stored' };
    const isRefused = [400, 403, 413, 422].includes(response.status);
    return isRefused ? { kind: 'refused', why: await reasonIn(response) } : { kind: 'later' };
  } catch {
    return { kind: 'later' };
  }
}

async function reasonIn(response: Response): Promise<string> {
  const body: unknown = await response.json().catch(() => undefined);
  const reason = isJsonObject(body) ? body['reason'] : undefined;
  return typeof reason === 'string' ? reason : `CouchDB answered ${response.status}.`;
}
