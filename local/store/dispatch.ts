import { randomBytes } from 'node:crypto';
import { type DatabaseCall, type SENT, type StoreCall, type StoreReply, storeJson } from './call.ts';
import { allDocuments } from './routes/all-docs.ts';
import { deleteAttachment, getAttachment, putAttachment } from './routes/attachments.ts';
import { bulkDocuments, bulkGet, revsDiff } from './routes/bulk.ts';
import { serveChanges } from './routes/changes.ts';
import * as databases from './routes/databases.ts';
import { deleteDocument, getDocument, postDocument, putDocument } from './routes/documents.ts';
import { createIndex, deleteIndex, findDocuments, listIndexes } from './routes/find.ts';
import { purgeDocuments } from './routes/purge.ts';
import { serveSession } from './routes/session.ts';
import { isMember, isServerAdmin } from './security.ts';
import { forbiddenUser, missing, notHere, StoreError } from './wire-error.ts';

type Reply = Promise<StoreReply | typeof SENT>;
type Handler<C extends StoreCall> = (call: C) => Reply;
type Methods<C extends StoreCall> = Readonly<Record<string, Handler<C>>>;

const VERSION = '3.5.0';

const SERVER: Readonly<Record<string, Methods<StoreCall>>> = {
  '': {
    GET: async ({ store }) =>
      storeJson(200, {
        couchdb: 'Welcome',
        version: VERSION,
        uuid: store.catalogue.uuid,
        features: [],
        vendor: { name: 'Cascade’s embedded store' },
      }),
  },
  _up: { GET: async () => storeJson(200, { status: 'ok', seeds: {} }) },
  _session: { GET: serveSession, POST: serveSession, DELETE: serveSession },
  _all_dbs: { GET: databases.listDatabases },
  _uuids: {
    GET: async ({ query }) => {
      const count = Math.min(Math.max(Number(query.get('count') ?? 1) || 1, 1), 1000);
      return storeJson(200, { uuids: Array.from({ length: count }, () => randomBytes(16).toString('hex')) });
    },
  },
};

const DATABASE: Readonly<Record<string, Methods<DatabaseCall>>> = {
  '': { GET: databases.describeDatabase, POST: postDocument },
  _all_docs: { GET: allDocuments, POST: allDocuments },
  _bulk_docs: { POST: bulkDocuments },
  _bulk_get: { POST: bulkGet },
  _changes: { GET: serveChanges, POST: serveChanges },
  _compact: { POST: databases.compactDatabase },
  _find: { POST: findDocuments },
  _index: { GET: listIndexes, POST: createIndex },
  _purge: { POST: purgeDocuments },
  _revs_diff: { POST: revsDiff },
  _revs_limit: { GET: databases.revsLimit, PUT: databases.revsLimit },
  _security: { GET: databases.getSecurity, PUT: databases.putSecurity },
};

/** Finds and runs the route of a call. */
export async function dispatch(call: StoreCall): Reply {
  const [first = '', second = ''] = call.path;
  const server = call.path.length <= 1 && Object.hasOwn(SERVER, first) ? SERVER[first] : undefined;
  if (server !== undefined) return byMethod(server, call);
  if (call.path.length === 1 && call.method === 'PUT') return databases.createDatabase(call, first);
  if (call.path.length === 1 && call.method === 'DELETE') return databases.deleteDatabase(call, first);
  const below = enter(call, first);
  const area = call.path.length <= 2 && Object.hasOwn(DATABASE, second) ? DATABASE[second] : undefined;
  if (area !== undefined) return byMethod(area, below);
  if (second === '_index' && call.path.length === 5) return removeIndex(below);
  return serveDocument(below);
}

function byMethod<C extends StoreCall>(methods: Methods<C>, call: C): Reply {
  const handler = methods[call.method];
  if (handler !== undefined) return handler(call);
  throw new StoreError(405, 'method_not_allowed', `Only ${Object.keys(methods).join(',')} allowed`);
}

/** Who may not read a database learns only that; anonymous gets 401, so that a client logs in. */
function enter(call: StoreCall, name: string): DatabaseCall {
  const { user, store } = call;
  if (user.name === null && !isPublic(call, name)) {
    throw new StoreError(401, 'unauthorized', 'You are not authorized to access this db.');
  }
  const database = store.catalogue.get(name);
  // In _users everybody reads their own document, whatever _security says: it holds what passwords are derived to.
  const mayEnter = name === '_users' ? isServerAdmin(user) || isOwnUser(call) : isMember(user, database.entry.security);
  if (!mayEnter) throw forbiddenUser('You are not allowed to access this db.');
  return { ...call, database };
}

function isPublic({ user, store }: StoreCall, name: string): boolean {
  return name !== '_users' && store.catalogue.has(name) && isMember(user, store.catalogue.get(name).entry.security);
}

const isOwnUser = ({ user, path: [, id, more], method }: StoreCall): boolean =>
  method === 'GET' && more === undefined && id === `org.couchdb.user:${user.name}`;

async function removeIndex(call: DatabaseCall): Reply {
  const [, , design = '', , name = ''] = call.path;
  if (call.method !== 'DELETE') throw new StoreError(405, 'method_not_allowed', 'Only DELETE allowed');
  return deleteIndex(call, design.replace(/^_design\//, ''), name);
}

function serveDocument(call: DatabaseCall): Reply {
  const [, first = '', second = '', ...rest] = call.path;
  const isReserved = first === '_design' || first === '_local';
  const id = isReserved ? `${first}/${second}` : first;
  const below = (isReserved ? rest : [second, ...rest]).filter((part) => part !== '').join('/');
  if (!isReserved && first.startsWith('_') && !/^_(design|local)\//.test(first)) throw missing();
  if (isReserved && below.startsWith('_')) throw notHere('This store runs no functions of design documents.');
  if (below !== '') return attachmentBy(call, id, below);
  return byMethod<DatabaseCall>(
    {
      GET: () => getDocument(call, id),
      PUT: () => putDocument(call, id),
      DELETE: () => deleteDocument(call, id),
    },
    call,
  );
}

function attachmentBy(call: DatabaseCall, id: string, name: string): Reply {
  return byMethod<DatabaseCall>(
    {
      GET: () => getAttachment(call, id, name),
      PUT: () => putAttachment(call, id, name),
      DELETE: () => deleteAttachment(call, id, name),
    },
    call,
  );
}
