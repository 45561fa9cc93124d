import { resolve } from 'node:path';
import { Command, InvalidArgumentError, Option } from 'commander';
import { cleanText, secureUrl } from '../../src/platform/settings/setting.ts';
import { type CommandLine, parsePort, readCommandLine } from '../command-line.ts';

/** The options of `npm start`, which runs all of Cascade on one machine, so that people can try it. */
export interface StartOptions {
  /** End when the examples have run, or after two minutes. */
  readonly once: boolean;
  /** Print JSON lines only. */
  readonly json: boolean;
  /** 0 = any free port. */
  readonly hostPort: number;
  /** 0 = any free port. */
  readonly tenantPort: number;
  /** The port of the embedded store; 0 = any free port. */
  readonly storePort: number;
  /**
   * The directory where everything is kept, as an absolute path. Undefined: `.cascade`; with `once`, a new temporary
   * one.
   */
  readonly data: string | undefined;
  /**
   * Whether there is a ledger (Cascade's memory). It is in the embedded store, which is kept on disk, or in the CouchDB
   * of COUCHDB_URL.
   */
  readonly ledger: boolean;
  /** The address to which notices for people are sent; undefined for a stand-in for Slack. It is a secret. */
  readonly slack: string | undefined;
  /** Whether to bring questions from a simulated Stack Exchange to people, beside failed reloads. */
  readonly questions: boolean;
  /** Whether to reload the first apps of the examples. */
  readonly demo: boolean;
  /** Where the chain files are, as an absolute path; undefined for the examples. */
  readonly chains: string | undefined;
}

const EXAMPLES = `
Examples:
  $ npm start                            everything, with the example chains, until Ctrl-C
  $ npm start -- --chains my-chains      your chains; start a reload with the curl line that is printed
  $ npm start --silent -- --once --json  for scripts: exit 0 only if exactly the reloads of the examples happened`;

/**
 * The absolute path of a path that a person gave. npm runs this program in the repository. `INIT_CWD` is the folder in
 * which the person called npm.
 */
const fromCaller = (path: string): string => resolve(process.env['INIT_CWD'] ?? '.', path);

/**
 * Reads the address of `--slack`.
 *
 * @throws InvalidArgumentError if the address is wrong. The message does not have the address, which is a secret.
 */
function parseSlack(text: string): string {
  try {
    return secureUrl('The address', cleanText('The address', text)).href;
  } catch (error) {
    throw new InvalidArgumentError((error as Error).message);
  }
}

function newCommand(): Command {
  const port = (flags: string, text: string, fallback: number) =>
    new Option(`${flags} <port>`, text).argParser(parsePort).default(fallback);
  const directory = (flags: string, text: string) => new Option(`${flags} <directory>`, text).argParser(fromCaller);
  return (
    new Command('npm start --')
      .description(
        'Run Cascade on this machine: a simulated Qlik Cloud tenant, a local OpenWhisk host, a store, the actions, a webhook.\nCOUCHDB_URL in the environment puts a real CouchDB in place of the store.',
      )
      // In `conflicts` and `implies`, `demo` stands for --no-demo, and `ledger` for --no-ledger.
      .addOption(
        new Option(
          '--once',
          'end when the examples have run; exit 0 only if exactly the reloads of the examples happened',
        ).conflicts(['chains', 'demo']),
      )
      .option('--json', 'print JSON lines only, one for each thing that happens')
      .addOption(port('--host-port', 'port of the local OpenWhisk host, 0 = any free one', 3233))
      .addOption(port('--tenant-port', 'port of the simulated tenant, 0 = any free one', 4848))
      .addOption(port('--store-port', 'port of the embedded store, 0 = any free one', 5985))
      .addOption(
        directory(
          '--data',
          'keep all data here, and use what an earlier start left here (default: .cascade; with --once a new directory)',
        ).conflicts('ledger'),
      )
      .option('--no-ledger', 'without a store: nothing is remembered, and nothing kept')
      .addOption(
        new Option('--slack <url>', 'send notices to this incoming webhook; without it, to a sink of its own')
          .argParser(parseSlack)
          .conflicts('ledger'),
      )
      .addOption(new Option('--questions', 'with questions of a simulated site').conflicts(['ledger', 'once']))
      // Keep this option before --no-demo. It implies --no-demo, and --once excludes both. The error names the option
      // that is declared first, and that has to be the one that the person gave.
      .addOption(
        directory('--chains', 'use these chain files instead of the examples; implies --no-demo').implies({
          demo: false,
        }),
      )
      .option('--no-demo', 'start no reload')
      .addHelpText('after', EXAMPLES)
  );
}

/** The values of options that commander leaves out if they are not on the command line. */
const ABSENT = { once: false, json: false, data: undefined, chains: undefined, slack: undefined, questions: false };
type Given = Omit<StartOptions, keyof typeof ABSENT>;

/** Reads the command line of `npm start`. A mistake in it is printed on standard error, in a line or two. */
export function readStartOptions(args: readonly string[]): CommandLine<StartOptions> {
  const command = newCommand();
  return readCommandLine(command, args, () => ({ ...ABSENT, ...command.opts<Given>() }));
}
