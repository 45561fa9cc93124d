import { badRequest, Refusal, type TenantAnswer } from '../http/answer.ts';
import { asObject, jsonObject, type TenantCall } from '../http/call.ts';
import { refuseRate } from '../http/refuse.ts';
import type { ApiRoute } from '../http/router.ts';
import type { Tenant } from '../tenant.ts';
import { TOKEN_LIFE_S, type User } from '../users.ts';

const IMPERSONATION = 'urn:qlik:oauth:user-impersonation';

/** Where an OAuth client gets its token. */
export function oauthRoutes(tenant: Tenant): readonly ApiRoute<TenantCall>[] {
  return [{ name: 'POST /oauth/token', handle: (call) => postToken(tenant, call) }];
}

function postToken(tenant: Tenant, call: TenantCall): TenantAnswer {
  const fields = readFields(call);
  const grant = fields['grant_type'];
  if (grant !== 'client_credentials' && grant !== IMPERSONATION) {
    throw badRequest(`grant_type must be client_credentials or ${IMPERSONATION}.`, 'OAUTH-400');
  }
  refuseStranger(tenant, fields);
  const scopes = parseScopes(fields['scope']);
  const user = grant === IMPERSONATION ? impersonated(tenant, fields['user_lookup']) : tenant.bot;
  refuseUser(tenant, user);
  refuseRate(tenant, 'POST /oauth/token', user.id);
  const { accessToken, expiresAt } = tenant.users.issueToken(user, scopes);
  const body = {
    access_token: accessToken,
    token_type: 'bearer',
    expires_at: new Date(expiresAt).toISOString(),
    expires_in: TOKEN_LIFE_S,
    ...(scopes.length === 0 ? {} : { scope: scopes.join(' ') }),
  };
  return { status: 200, body };
}

function refuseStranger(tenant: Tenant, fields: Readonly<Record<string, unknown>>): void {
  if (fields['client_id'] === tenant.clientId && fields['client_secret'] === tenant.clientSecret) return;
  const detail = 'The client is unknown, or its secret is wrong.';
  throw new Refusal(401, { code: 'OAUTH-401', title: 'Unauthorized', detail });
}

/** Who a client wants to act for: `{field: "userId" | "subject", value}`. @throws Refusal 400 */
function impersonated(tenant: Tenant, lookup: unknown): User {
  const { field, value } = asObject(lookup, 'user_lookup');
  if ((field !== 'userId' && field !== 'subject') || typeof value !== 'string') {
    throw badRequest('user_lookup has a field (userId or subject) and a value.', 'OAUTH-400');
  }
  const user = tenant.users.find(field === 'userId' ? 'id' : 'subject', value);
  if (user === undefined) throw badRequest(`No user has the ${field} ${JSON.stringify(value)}.`, 'OAUTH-400');
  return user;
}

/** Nobody gets a token for a disabled user, or beyond the greatest number (q-tokens-03). */
function refuseUser(tenant: Tenant, user: User): void {
  const most = tenant.switches.get('oauth.maxTokens');
  const isFull = most !== 'unlimited' && tenant.users.countTokens(user) >= most;
  if (!isFull && user.isDisabled !== true) return;
  const detail = isFull ? `The user has ${most} tokens, the greatest number.` : 'The user is disabled.';
  throw new Refusal(403, { code: 'OAUTH-403', title: 'Forbidden', detail });
}

/** Separated by spaces or commas. */
function parseScopes(value: unknown): readonly string[] {
  if (value === undefined) return [];
  if (typeof value !== 'string') throw badRequest('scope must be a string.', 'OAUTH-400');
  return value.split(/[\s,]+/).filter((scope) => scope !== '');
}

/** JSON or a form: both are served. */
function readFields(call: TenantCall): Readonly<Record<string, unknown>> {
  const isForm = String(call.headers['content-type']).startsWith('application/x-www-form-urlencoded');
  return isForm ? Object.fromEntries(new URLSearchParams(call.body.toString('utf8'))) : jsonObject(call);
}
