import { type IncomingMessage, request as requestHttp } from 'node:http';
import { request as requestHttps } from 'node:https';
import { text } from 'node:stream/consumers';

/** How long the host may send nothing. A host that works answers these small requests much sooner. */
const ANSWER_WITHIN_MS = 10_000;

/** The host, and how to ask it. */
export interface HostAccess {
  readonly host: URL;
  /** True if the user allows plain http, and any certificate. */
  readonly insecure: boolean;
  readonly signal: AbortSignal;
  /** The namespace's key, `user:password`; absent: the request has no credential. */
  readonly auth?: string;
}

/** An answer of the host. */
export interface HostAnswer {
  readonly status: number;
  readonly body: string;
}

/**
 * Sends a request without a body to an OpenWhisk host, by default a GET. Deployment finds out with it, for example,
 * whether the host can be trusted, and what is on it. wskdeploy (OpenWhisk's own tool) does not check that.
 *
 * Returns the HTTP answer, whatever its status. The host's certificate is checked, unless `insecure`.
 *
 * @throws Error if there is no whole answer: Node's error, or one without a `code` after 10 s without a byte.
 */
export async function askHost(
  path: string,
  { host, insecure, signal, auth }: HostAccess,
  method: 'GET' | 'DELETE' = 'GET',
): Promise<HostAnswer> {
  const url = new URL(path, host);
  const headers = auth === undefined ? {} : { authorization: `Basic ${Buffer.from(auth).toString('base64')}` };
  const response = await new Promise<IncomingMessage>((resolve, reject) => {
    const options = { agent: false, timeout: ANSWER_WITHIN_MS, signal, headers, method } as const;
    const request =
      url.protocol === 'http:'
        ? requestHttp(url, options, resolve)
        : requestHttps(url, { ...options, rejectUnauthorized: !insecure }, resolve);
    request.once('timeout', () => request.destroy(new Error(`no answer within ${ANSWER_WITHIN_MS / 1000} s`)));
    request.once('error', reject);
    request.end();
  });
  return { status: response.statusCode ?? 0, body: await text(response) };
}
