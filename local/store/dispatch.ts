/*
 * The embedded store imitates CouchDB, so that `npm start` and the tests need no database server. This file finds the
 * function that answers a request, and refuses users who may not send it.
 */

import { randomBytes } from 'node:crypto';
import {
  type DatabaseCall,
  type DocumentCall,
  jsonReply,
  type SENT,
  type StoreCall,
  type StoreReply,
  type StoreRoute,
} from './call.ts';
import { allDocuments } from './routes/all-docs.ts';
import { deleteAttachment, getAttachment, putAttachment } from './routes/attachments.ts';
import { bulkDocuments, bulkGet, revsDiff } from './routes/bulk.ts';
import { serveChanges } from './routes/changes.ts';
import * as databases from './routes/databases.ts';
import { deleteDocument, getDocument, postDocument, putDocument } from './routes/documents.ts';
import { createIndex, deleteIndex, findDocuments, listIndexes } from './routes/find.ts';
import { purgeDocuments } from './routes/purge.ts';
import { serveSession } from './routes/session.ts';
import { demandAdmin, demandServerAdmin, isMember, isServerAdmin } from './security.ts';
import { StoreError } from './store-error.ts';

type Methods<C extends StoreCall> = Readonly<Record<string, StoreRoute<C>>>;

/** The version of CouchDB that the store imitates. */
const VERSION = '3.5.0';
/** The most ids in one answer: CouchDB's default. */
const MOST_UUIDS = 1_000;

/** Makes a route that only some users may call. `demand` throws if the user lacks the right. */
const only =
  <C extends StoreCall>(demand: (call: C) => void, route: StoreRoute<C>): StoreRoute<C> =>
  async (call) => {
    demand(call);
    return route(call);
  };

const SERVER: Readonly<Record<string, Methods<StoreCall>>> = {
  '': {
    GET: async ({ store }) =>
      jsonReply({
        couchdb: 'Welcome',
        version: VERSION,
        uuid: store.catalogue.uuid,
        features: [],
        vendor: { name: 'Cascade’s embedded store' },
      }),
  },
  _up: { GET: async () => jsonReply({ status: 'ok', seeds: {} }) },
  _session: { GET: serveSession, POST: serveSession, DELETE: serveSession },
  _all_dbs: { GET: only(demandServerAdmin, databases.listDatabases) },
  _uuids: {
    GET: async ({ query }) => {
      const length = Math.min(Math.max(Number(query.get('count') ?? 1) || 1, 1), MOST_UUIDS);
      return jsonReply({ uuids: Array.from({ length }, () => randomBytes(16).toString('hex')) });
    },
  },
};

/** Routes of `/db` for a database that need not exist. */
const NAMED: Methods<StoreCall> = {
  PUT: only(demandServerAdmin, databases.createDatabase),
  DELETE: only(demandServerAdmin, databases.deleteDatabase),
};

/** Routes of `/db` and of `/db/<key>`. The database exists, and the user may read it. */
const DATABASE: Readonly<Record<string, Methods<DatabaseCall>>> = {
  '': { GET: databases.describeDatabase, POST: postDocument },
  _all_docs: { GET: allDocuments, POST: allDocuments },
  _bulk_docs: { POST: bulkDocuments },
  _bulk_get: { POST: bulkGet },
  _changes: { GET: serveChanges, POST: serveChanges },
  _compact: { POST: only(demandAdmin, databases.compactDatabase) },
  _find: { POST: findDocuments },
  _index: { GET: listIndexes, POST: only(demandAdmin, createIndex) },
  _purge: { POST: only(demandServerAdmin, purgeDocuments) },
  _revs_diff: { POST: revsDiff },
  _revs_limit: { GET: databases.revsLimit, PUT: databases.revsLimit },
  _security: { GET: databases.getSecurity, PUT: only(demandAdmin, databases.putSecurity) },
};

/** Routes of `/db/_index/ddoc/json/name`. */
const INDEX: Methods<DatabaseCall> = { DELETE: only(demandAdmin, deleteIndex) };

const DOCUMENT: Methods<DocumentCall> = { GET: getDocument, PUT: putDocument, DELETE: deleteDocument };

const ATTACHMENT: Methods<DocumentCall> = { GET: getAttachment, PUT: putAttachment, DELETE: deleteAttachment };

/**
 * Finds the route of a call, and runs it.
 *
 * @throws StoreError if there is no such route, or if the user may not use it; also what the route throws.
 */
export async function dispatch(call: StoreCall): Promise<StoreReply | typeof SENT> {
  const { path, method } = call;
  const [first = '', second = ''] = path;
  const server = path.length <= 1 && Object.hasOwn(SERVER, first) ? SERVER[first] : undefined;
  if (server !== undefined) return byMethod(server, call);
  if (path.length === 1 && Object.hasOwn(NAMED, method)) return byMethod(NAMED, call);
  const below = enterDatabase(call, first);
  const area = path.length <= 2 && Object.hasOwn(DATABASE, second) ? DATABASE[second] : undefined;
  if (area !== undefined) return byMethod(area, below);
  if (second === '_index' && path.length === 5) return byMethod(INDEX, below);
  const document = documentCall(below);
  return byMethod(document.attachment === '' ? DOCUMENT : ATTACHMENT, document);
}

function byMethod<C extends StoreCall>(methods: Methods<C>, call: C): ReturnType<StoreRoute<C>> {
  const route = methods[call.method];
  if (route !== undefined) return route(call);
  throw new StoreError(405, `Only ${Object.keys(methods).join(',')} allowed`);
}

/**
 * Finds the database of a call, if the user may read it. If nobody is logged in, and the database is not open to
 * everybody, the answer is 401, even if there is no such database. So a stranger does not learn which databases there
 * are.
 */
function enterDatabase(call: StoreCall, name: string): DatabaseCall {
  const { user, store } = call;
  if (user.name === null && !isPublic(call, name)) {
    throw new StoreError(401, 'You are not authorized to access this db.');
  }
  const database = store.catalogue.get(name);
  // `_users` has derived passwords. So a user can read only his own document there, even if `_security` allows more.
  const mayEnter = name === '_users' ? isServerAdmin(user) || isOwnUser(call) : isMember(user, database.entry.security);
  if (!mayEnter) throw new StoreError(403, 'You are not allowed to access this db.');
  return { ...call, database };
}

function isPublic({ user, store }: StoreCall, name: string): boolean {
  return name !== '_users' && store.catalogue.has(name) && isMember(user, store.catalogue.get(name).entry.security);
}

/** Whether a user reads his own document in `_users`. */
const isOwnUser = ({ user, path: [, id, more], method }: StoreCall): boolean =>
  method === 'GET' && more === undefined && id === `org.couchdb.user:${user.name}`;

/**
 * Splits the path below a database into a document's id and the name of an attachment. The ids of design documents and
 * local documents have a slash.
 */
function documentCall(call: DatabaseCall): DocumentCall {
  const [, first = '', second = '', ...rest] = call.path;
  const isReserved = first === '_design' || first === '_local';
  const id = isReserved ? `${first}/${second}` : first;
  const attachment = (isReserved ? rest : [second, ...rest]).filter((part) => part !== '').join('/');
  // A caller may write the slash of `_design/name` as `%2F`. Then the whole id is in `first`.
  if (!isReserved && first.startsWith('_') && !/^_(design|local)\//.test(first)) throw new StoreError(404, 'missing');
  if (isReserved && attachment.startsWith('_')) {
    throw new StoreError(501, 'This store runs no functions of design documents.');
  }
  return { ...call, id, attachment };
}
