import { LEDGER_OPTIONS, type LedgerOptions, onLedger } from '../ledger/ledger-command.ts';
import { dismissDeadLetter, replay } from '../ledger/replay.ts';
import type { CliCommand } from '../terminal.ts';

interface ReplayOptions extends LedgerOptions {
  readonly dismiss?: boolean;
}

/**
 * `cascade replay <event>`: orders again the reloads that follow an event, that is, the end of a reload. A person uses
 * it if they did not start, for example because the key to Qlik had expired.
 *
 * `cascade replay <dead letter>`: reads a webhook again that Cascade could not understand, and has kept. A newer
 * version of Cascade may understand it.
 */
export const replayCommand: CliCommand = {
  name: 'replay',
  description: 'order again what follows an event, or read a dead letter again',
  argument: ['<event>', 'event:<tenant>:<reload id>, its reload id, or dead:<hash>'],
  options: [
    { flags: '--dismiss', description: 'keep a dead letter, but no longer list it as a problem' },
    ...LEDGER_OPTIONS,
  ],
  examples: `  $ cascade replay event:default:6749c1f2a0b3d4e5f6a7b8c9   start again everything that follows this end
  $ cascade replay dead:9f86d081…                            read a webhook again that Cascade could not read
  $ cascade replay dead:9f86d081… --dismiss                  keep it, but no longer list it as a problem`,
  run(event: string, options: ReplayOptions, terminal) {
    const work = options.dismiss === true ? dismissDeadLetter : replay;
    return onLedger(options, terminal, 'changes', (context) => work(context, event));
  },
};
