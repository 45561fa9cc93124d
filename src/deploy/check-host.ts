import { isLoopback } from '../core/is-loopback.ts';
import { askHost, type HostAccess } from './ask-host.ts';
import { deployFailed } from './deploy-failed.ts';
import type { DeployTarget } from './host-settings.ts';

/**
 * Makes sure, before a deployment, that the host answers over a connection that nobody else can read: https with a
 * valid certificate, or http to this machine. wskdeploy (OpenWhisk's own tool) accepts any certificate, and will send
 * the key and the secrets there. With `insecure`, only the answer counts.
 *
 * @throws CascadeError DEPLOY_FAILED if the host does not answer, or others could read the connection.
 */
export async function checkHost({ host, insecure, signal }: HostAccess): Promise<void> {
  if (host.protocol === 'http:' && !isLoopback(host) && !insecure) {
    throw deployFailed(
      `${host.origin} is plain http: everybody on the way could read the key and the secrets. Use https, or --insecure if you mean it.`,
    );
  }
  await askHost('/', { host, insecure, signal }).catch((error: NodeJS.ErrnoException) => {
    throw deployFailed(problemOf(error, host.origin));
  });
}

function problemOf({ code = '', message }: NodeJS.ErrnoException, origin: string): string {
  if (NO_TLS.test(`${code} ${message}`)) return `${origin} does not speak https; write http:// if that is meant.`;
  if (!ABOUT_CERTIFICATE.test(code)) return `${origin} does not answer: ${message || code}.`;
  return `The certificate of ${origin} cannot be trusted: ${message}. Mend it (NODE_EXTRA_CA_CERTS adds a CA), or use --insecure if you mean it.`;
}

/** Node's and OpenSSL's codes for a certificate that is not valid. */
const ABOUT_CERTIFICATE = /CERT|SELF_SIGNED|ISSUER|SIGNATURE|CRL|INVALID_CA|INVALID_PURPOSE|PATH_LENGTH|ALTNAME/;

/** OpenSSL's words for an answer that is not TLS. They are in the error's message, on newer Node also in its code. */
const NO_TLS = /wrong.version.number|packet.length.too.long|http.request/i;

/**
 * Makes sure that the host knows the key, and that the key may use the namespace. wskdeploy's own messages name neither
 * setting. With a wrong key it even undeploys nothing and reports success. If the host answers neither 401 nor 403, or
 * does not answer, this check passes. If that is a problem, wskdeploy reports it.
 *
 * @throws CascadeError DEPLOY_FAILED. It names the setting.
 */
export async function checkKey(access: DeployTarget): Promise<void> {
  const { host, namespace } = access;
  const path = `/api/v1/namespaces/${encodeURIComponent(namespace)}/actions?limit=1`;
  const { status } = await askHost(path, access).catch(() => ({ status: 0 }));
  if (status === 401) throw deployFailed(`${host.origin} does not know the key in OPENWHISK_AUTH.`);
  if (status === 403) {
    throw deployFailed(
      `The key in OPENWHISK_AUTH may not use the namespace in OPENWHISK_NAMESPACE ("${namespace}"); _ is the key’s own.`,
    );
  }
}
