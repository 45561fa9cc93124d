import { CascadeError } from '../core/cascade-error.ts';
import { isLoopback } from '../core/is-loopback.ts';
import { type AskOptions, askHost } from './ask-host.ts';

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

/**
 * Makes sure that the key and the secrets may be sent to `host`: it answers, and over a connection that nobody can read.
 * wskdeploy itself takes any certificate.
 *
 * @throws CascadeError DEPLOY_FAILED otherwise.
 */
export async function checkHost(host: URL, options: AskOptions): Promise<void> {
  if (host.protocol === 'http:' && !isLoopback(host) && !options.insecure) {
    throw new CascadeError(
      'DEPLOY_FAILED',
      `${host.origin} is plain http: everybody on the way could read the key and the secrets. Use https, or --insecure if you mean it.`,
    );
  }
  const failure = await askHost(host, options).then(
    () => undefined,
    (error: NodeJS.ErrnoException) => error,
  );
  if (failure === undefined) return;
  if (isPlainHttp(failure)) {
    throw new CascadeError('DEPLOY_FAILED', `${host.origin} does not speak https; write http:// if that is meant.`);
  }
  if (!isAboutCertificate(failure)) {
    throw new CascadeError('DEPLOY_FAILED', `${host.origin} does not answer: ${failure.message || failure.code}.`);
  }
  throw new CascadeError(
    'DEPLOY_FAILED',
    `The certificate of ${host.origin} cannot be trusted: ${failure.message}. Mend it (NODE_EXTRA_CA_CERTS adds a CA), or use --insecure if you mean it.`,
  );
}

/** Node's and OpenSSL's codes of a certificate that does not hold. */
const isAboutCertificate = ({ code = '' }: NodeJS.ErrnoException): boolean =>
  /CERT|SELF_SIGNED|ISSUER|SIGNATURE|CRL|INVALID_CA|INVALID_PURPOSE|PATH_LENGTH|ALTNAME/.test(code);

/** OpenSSL's words for an answer that is no TLS; the code is EPROTO, or on newer Node one with the same words. */
const isPlainHttp = ({ code = '', message }: NodeJS.ErrnoException): boolean =>
  /wrong.version.number|packet.length.too.long|http.request/i.test(`${code} ${message}`);
