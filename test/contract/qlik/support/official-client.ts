import type { HostConfig } from '@qlik/api/auth';
import type { QlikInTest } from './qlik-in-test.ts';

/** Options of the official client: one API key, and no cache. */
export function withKey(qlik: QlikInTest): { noCache: true; hostConfig: HostConfig } {
  return { noCache: true, hostConfig: { authType: 'apikey', host: qlik.url, apiKey: qlik.sim.apiKey } };
}

/** Options of the official client as an OAuth client, which may act for a user. */
export function asClient(host: string, clientId: string, clientSecret: string, userId?: string) {
  const who = userId === undefined ? {} : { userId };
  const hostConfig: HostConfig = { authType: 'oauth2', host, clientId, clientSecret, noCache: true, ...who };
  return { noCache: true, hostConfig } as const;
}

/** An error of the official client. */
export interface Thrown {
  readonly status: number;
  readonly data: { readonly errors: readonly { readonly code: string }[] };
  readonly headers: Headers;
}

export async function failureOf(promise: Promise<unknown>): Promise<Thrown> {
  return promise.then(
    () => {
      throw new Error('The call was served.');
    },
    (reason: unknown) => reason as Thrown,
  );
}
