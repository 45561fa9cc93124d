/*
 * The embedded store imitates CouchDB, so that `npm start` and the tests need no database server. This file logs users
 * in and out. A browser logs in like that for the dashboard.
 */

import { isJsonObject } from '../../../src/core/json-fields.ts';
import { SessionCookies } from '../auth/session-cookie.ts';
import { jsonReply, type StoreCall, type StoreReply } from '../call.ts';
import { parseStored, readBytes } from '../read-body.ts';
import { StoreError } from '../store-error.ts';

/** `/_session`: `POST` logs in for ten minutes, `GET` answers who the user is, `DELETE` logs out. */
export async function serveSession(call: StoreCall): Promise<StoreReply> {
  if (call.method === 'POST') return login(call);
  if (call.method === 'DELETE') return jsonReply({ ok: true }, 200, { 'set-cookie': SessionCookies.CLEARED });
  return jsonReply({
    ok: true,
    userCtx: call.user,
    info: { authentication_handlers: ['cookie', 'default'] },
  });
}

async function login({ store, request }: StoreCall): Promise<StoreReply> {
  const { name, password } = readLogin(request.headers['content-type'] ?? '', (await readBytes(request)).toString());
  const { user, proof } = await store.accounts.login(name, password, request.socket.remoteAddress ?? '');
  const cookie = store.accounts.issueCookie(name, proof);
  return jsonReply({ ok: true, name, roles: user.roles }, 200, { 'set-cookie': cookie });
}

function readLogin(type: string, text: string): { readonly name: string; readonly password: string } {
  const fields = type.startsWith('application/x-www-form-urlencoded')
    ? Object.fromEntries(new URLSearchParams(text))
    : parseStored(text);
  const { name, password } = isJsonObject(fields) ? fields : {};
  if (typeof name === 'string' && typeof password === 'string') return { name, password };
  throw new StoreError(400, 'Name and password are needed.');
}
