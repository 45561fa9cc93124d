import { get as getHttp } from 'node:http';
import { get as getHttps } from 'node:https';
import { CascadeError } from '../core/cascade-error.ts';
import { isLoopback } from './is-loopback.ts';

const ANSWER_WITHIN_MS = 10_000;

/**
 * The address of an OpenWhisk host; without a scheme it is https, as in wskdeploy.
 *
 * @throws CascadeError DEPLOY_FAILED when it is no address, or has a path or a user.
 */
export function hostUrl(apihost: string): URL {
  const text = /^https?:\/\//.test(apihost) ? apihost : `https://${apihost}`;
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url !== undefined && url.pathname === '/' && url.search === '' && url.username === '') return url;
  throw new CascadeError('DEPLOY_FAILED', 'OPENWHISK_APIHOST has to be a host, such as https://openwhisk.example.org.');
}

export interface CheckHostOptions {
  /** The user's word that plain http, or any certificate, will do. */
  readonly insecure: boolean;
  readonly signal: AbortSignal;
}

/**
 * Makes sure that the key and the secrets may be sent to `host`: it answers, and over a connection that nobody can read.
 * wskdeploy itself takes any certificate.
 *
 * @throws CascadeError DEPLOY_FAILED otherwise.
 */
export async function checkHost(host: URL, { insecure, signal }: CheckHostOptions): Promise<void> {
  if (host.protocol === 'http:' && !isLoopback(host) && !insecure) {
    throw new CascadeError(
      'DEPLOY_FAILED',
      `${host.origin} is plain http: everybody on the way could read the key and the secrets. Use https, or --insecure if you mean it.`,
    );
  }
  const failure = await connect(host, insecure, signal);
  if (failure === undefined) return;
  if (!isAboutCertificate(failure)) {
    throw new CascadeError('DEPLOY_FAILED', `${host.origin} does not answer: ${failure.message || failure.code}.`);
  }
  throw new CascadeError(
    'DEPLOY_FAILED',
    `The certificate of ${host.origin} cannot be trusted: ${failure.message}. Mend it (NODE_EXTRA_CA_CERTS adds a CA), or use --insecure if you mean it.`,
  );
}

/** Resolves to what went wrong, if anything did; any HTTP answer is fine. */
function connect(host: URL, insecure: boolean, signal: AbortSignal): Promise<NodeJS.ErrnoException | undefined> {
  return new Promise((resolve) => {
    const answered = (response: { resume(): unknown }): void => {
      response.resume();
      resolve(undefined);
    };
    const options = { agent: false, timeout: ANSWER_WITHIN_MS, signal } as const;
    const request =
      host.protocol === 'http:'
        ? getHttp(host, options, answered)
        : getHttps(host, { ...options, rejectUnauthorized: !insecure }, answered);
    request.once('timeout', () => request.destroy(new Error(`no answer within ${ANSWER_WITHIN_MS / 1000} s`)));
    request.once('error', resolve);
  });
}

/** Node's and OpenSSL's codes of a certificate that does not hold. */
const isAboutCertificate = ({ code = '' }: NodeJS.ErrnoException): boolean =>
  /CERT|SELF_SIGNED|ISSUER|SIGNATURE|CRL|INVALID_CA|INVALID_PURPOSE|PATH_LENGTH|ALTNAME/.test(code);
