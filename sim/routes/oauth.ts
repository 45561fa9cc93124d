import { type Answer, badRequest, Refusal } from '../http/answer.ts';
import { type Call, jsonObject } from '../http/call.ts';
import type { Route } from '../http/router.ts';
import type { Tenant } from '../tenant.ts';
import { TOKEN_LIFE_S } from '../users.ts';

/** Where an OAuth client gets its token. */
export function oauthRoutes(tenant: Tenant): readonly Route<Call>[] {
  return [{ name: 'POST /oauth/token', handle: (call) => postToken(tenant, call) }];
}

function postToken(tenant: Tenant, call: Call): Answer {
  const fields = readFields(call);
  if (fields['grant_type'] !== 'client_credentials') throw badRequest('grant_type must be client_credentials.');
  if (fields['client_id'] !== tenant.clientId || fields['client_secret'] !== tenant.clientSecret) {
    throw new Refusal(401, {
      code: 'HTTP-401',
      title: 'Unauthorized',
      detail: 'The client is unknown, or its secret is wrong.',
    });
  }
  const scope = typeof fields['scope'] === 'string' ? fields['scope'].trim() : '';
  const { accessToken, expiresAt } = tenant.users.issueToken(tenant.bot, scope === '' ? [] : scope.split(/\s+/));
  return {
    status: 200,
    body: {
      access_token: accessToken,
      token_type: 'bearer',
      expires_at: new Date(expiresAt).toISOString(),
      expires_in: TOKEN_LIFE_S,
      ...(scope === '' ? {} : { scope }),
    },
  };
}

/** JSON or a form: both are served. */
function readFields(call: Call): Readonly<Record<string, unknown>> {
  const isForm = String(call.headers['content-type']).startsWith('application/x-www-form-urlencoded');
  return isForm ? Object.fromEntries(new URLSearchParams(call.body.toString('utf8'))) : jsonObject(call);
}
