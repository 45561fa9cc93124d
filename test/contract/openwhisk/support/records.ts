import type { Body } from '../../../local/host/support/body.ts';
import { NotSeen, until } from '../../../support/until.ts';
import { notOffered } from './not-offered.ts';
import type { CallKind, Target } from './target.ts';

const PATIENCE_MS = 30_000;

/** Reads the stored record of an activation. If the host stores no records of this kind of call, it skips the test. */
export async function readRecord(
  host: Target,
  context: Mocha.Context,
  activationId: string,
  call: CallKind,
): Promise<Body> {
  const stored = await poll(host, activationId);
  if (stored !== undefined) return stored;
  if (await storesRecords(host, call)) throw new Error(`No record of ${activationId} after ${PATIENCE_MS / 1000} s.`);
  return notOffered(context, `records of ${call} calls`);
}

async function poll(host: Target, activationId: string): Promise<Body | undefined> {
  const look = async (): Promise<Body | undefined> => {
    const { status, json } = await host.rest('GET', `activations/${activationId}`);
    return status === 200 ? json : undefined;
  };
  try {
    return await until('the record', look, PATIENCE_MS);
  } catch (error) {
    if (error instanceof NotSeen) return undefined;
    throw error;
  }
}

/** Whether the host stores a record of a simple call of this kind. */
async function storesRecords(host: Target, call: CallKind): Promise<boolean> {
  await host.action('probe', 'function main() { return {} }', { 'web-export': true });
  const { headers } =
    call === 'web'
      ? await host.web('probe')
      : await host.rest('POST', `actions/${host.pkg}/probe?blocking=${call === 'blocking'}`, {});
  return (await poll(host, String(headers['x-openwhisk-activation-id']))) !== undefined;
}
