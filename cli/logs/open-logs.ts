/*
 * `cascade logs` reads logs from the OpenWhisk host. This file opens the host. It refuses to send the host's key over
 * plain http to another machine, because others could read the key on the way, unless the person allows it.
 */

import type { LogsPort } from '../../src/clients/openwhisk/activations-port.ts';
import { openWhiskLogs } from '../../src/clients/openwhisk/openwhisk-logs.ts';
import { CascadeError } from '../../src/core/cascade-error.ts';
import { isLoopback } from '../../src/core/is-loopback.ts';
import { sleep } from '../../src/platform/sleep.ts';
import type { LedgerContext } from '../ledger/ledger-command.ts';
import { patientlyWith } from './patiently.ts';
import type { LogsWorld } from './show-logs.ts';

/**
 * Opens the OpenWhisk host of the ledger's deployment.
 *
 * @param isInsecure - whether the key may go over plain http to another machine.
 * @throws CascadeError SETTINGS_INVALID if the settings name no host or no key, or if others on the way could read the
 *   key.
 */
export function openLogs({ hostOf, warn }: Pick<LedgerContext, 'hostOf' | 'warn'>, isInsecure: boolean): LogsWorld {
  const { host, auth } = hostOf();
  if (host.protocol === 'http:' && !isLoopback(host) && !isInsecure) {
    throw new CascadeError(
      'SETTINGS_INVALID',
      `${host.origin} is plain http: everybody on the way could read the key. Use https, or --insecure if you mean it.`,
    );
  }
  return {
    host: withAdvice(openWhiskLogs({ apiHost: host.origin, apiKey: auth }), host),
    patiently: patientlyWith(sleep, warn),
  };
}

/** Adds the host and the settings to the messages of errors. The client does not know where its settings come from. */
function withAdvice(port: LogsPort, { origin }: URL): LogsPort {
  const advised =
    <A extends readonly unknown[], T>(ask: (...args: A) => Promise<T>) =>
    async (...args: A): Promise<T> => {
      try {
        return await ask(...args);
      } catch (error) {
        if (!(error instanceof CascadeError)) throw error;
        const message = `${error.message} The host is ${origin} (OPENWHISK_APIHOST), its key OPENWHISK_AUTH.`;
        throw new CascadeError(error.code, message, { cause: error });
      }
    };
  return { page: advised(port.page), logs: advised(port.logs), activation: advised(port.activation) };
}
