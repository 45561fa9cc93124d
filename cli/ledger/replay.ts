import { CascadeError } from '../../src/core/cascade-error.ts';
import { eventId } from '../../src/core/document-ids.ts';
import type { ReloadId } from '../../src/core/names.ts';
import { EXIT, type ExitCode, writeJson } from '../terminal.ts';
import { readDeadLetter } from './dismiss-dead-letter.ts';
import type { LedgerContext } from './ledger-command.ts';
import { replayDeadLetter } from './replay-dead-letter.ts';
import { type Replayed, replayStoredEvent } from './replay-stored-event.ts';

const SWEEP_NOW = 'The next sweep takes it; at once: wsk action invoke cascade/sweep';

/**
 * `cascade replay <event | dead letter>`: what follows from an event anew, or a body that is understood by now.
 *
 * @param text - `event:…`, `dead:…`, or an event's reload id.
 * @returns 1 if nothing came of it.
 * @throws CascadeError PARAMETERS_INVALID if there is no such document.
 */
export async function replay(context: LedgerContext, text: string): Promise<ExitCode> {
  const { terminal, json } = context;
  const { ok, created, told } = await replayed(context, text);
  const all = created.length === 0 ? told : [...told, SWEEP_NOW];
  if (json) writeJson(terminal, { ok, created, told: all });
  else for (const sentence of all) terminal.write(`${sentence}\n`);
  return ok ? EXIT.ok : EXIT.problems;
}

async function replayed(context: LedgerContext, text: string): Promise<Replayed> {
  const { store } = context;
  if (text.startsWith('dead:')) return replayDeadLetter(context, await readDeadLetter(store, text));
  const tenants = new Set(Object.values(context.chains?.apps ?? {}).map(({ tenant }) => tenant));
  const ids = text.startsWith('event:') ? [text] : [...tenants].map((tenant) => eventId(tenant, text as ReloadId));
  const [event, another] = (await store.many(ids)).filter((document) => document !== undefined);
  if (event !== undefined && another === undefined) return replayStoredEvent(context, event);
  throw new CascadeError(
    'PARAMETERS_INVALID',
    event === undefined
      ? `There is no event "${text}". Give event:<tenant>:<reload id> as cascade runs prints it, its reload id, or dead:<hash>.`
      : `Several tenants have a reload "${text}": give the whole id, event:<tenant>:<reload id>.`,
  );
}
