import { get as getHttp, type IncomingMessage } from 'node:http';
import { get as getHttps } from 'node:https';
import { text } from 'node:stream/consumers';

const ANSWER_WITHIN_MS = 10_000;

export interface AskOptions {
  /** The user's word that plain http, or any certificate, will do. */
  readonly insecure: boolean;
  readonly signal: AbortSignal;
  /** The namespace's key, `user:password`; without it nobody is named. */
  readonly auth?: string;
}

export interface HostAnswer {
  readonly status: number;
  readonly body: string;
}

/**
 * GETs `url`; any HTTP answer is one. The certificate is checked unless `insecure`; at most 10 s pass without a byte.
 *
 * @throws Node's error (with its `code`) when there is no answer.
 */
export async function askHost(url: URL, { insecure, signal, auth }: AskOptions): Promise<HostAnswer> {
  const headers = auth === undefined ? {} : { authorization: `Basic ${Buffer.from(auth).toString('base64')}` };
  const response = await new Promise<IncomingMessage>((resolve, reject) => {
    const options = { agent: false, timeout: ANSWER_WITHIN_MS, signal, headers } as const;
    const request =
      url.protocol === 'http:'
        ? getHttp(url, options, resolve)
        : getHttps(url, { ...options, rejectUnauthorized: !insecure }, resolve);
    request.once('timeout', () => request.destroy(new Error(`no answer within ${ANSWER_WITHIN_MS / 1000} s`)));
    request.once('error', reject);
  });
  return { status: response.statusCode ?? 0, body: await text(response) };
}
