import { isJsonObject } from '../../../src/core/json-fields.ts';
import { SessionCookies } from '../auth/session-cookie.ts';
import { type StoreCall, type StoreReply, storeJson } from '../call.ts';
import { parseStored, readBytes } from '../read-body.ts';
import { badStoreRequest } from '../wire-error.ts';

/** `POST`, `GET` and `DELETE /_session`: log in for ten minutes, see who one is, log out. */
export async function serveSession(call: StoreCall): Promise<StoreReply> {
  if (call.method === 'POST') return login(call);
  if (call.method === 'DELETE') return storeJson(200, { ok: true }, { 'set-cookie': SessionCookies.CLEARED });
  return storeJson(200, {
    ok: true,
    userCtx: call.user,
    info: { authentication_handlers: ['cookie', 'default'] },
  });
}

async function login({ store, request }: StoreCall): Promise<StoreReply> {
  const { name, password } = readLogin(request.headers['content-type'] ?? '', (await readBytes(request)).toString());
  const user = await store.accounts.login(name, password, request.socket.remoteAddress ?? '');
  const cookie = await store.accounts.issueCookie(name);
  return storeJson(200, { ok: true, name, roles: user.roles }, { 'set-cookie': cookie });
}

function readLogin(type: string, text: string): { readonly name: string; readonly password: string } {
  const fields = type.startsWith('application/x-www-form-urlencoded')
    ? Object.fromEntries(new URLSearchParams(text))
    : parseStored(text);
  const { name, password } = isJsonObject(fields) ? fields : {};
  if (typeof name !== 'string' || typeof password !== 'string') throw badStoreRequest('Name and password are needed.');
  return { name, password };
}
