import { CascadeError } from '../../../src/core/cascade-error.ts';
import { jsonText, visible } from '../../../src/core/visible.ts';
import { type ActivationRecord, type LocalHost, startHost, type TriggerRecord } from '../start-host.ts';
import { type HostToolOptions, readHostToolOptions } from './host-tool-options.ts';

/**
 * `npm run host`: runs an OpenWhisk host until Ctrl-C, so that people can develop actions without Docker.
 *
 * @param stop - aborted by Ctrl-C or SIGTERM.
 * @returns the exit code: 0 after Ctrl-C, SIGTERM or `--help`, 1 if the host failed or could not start, 2 for a mistake
 *   in the arguments.
 */
export async function hostTool(args: readonly string[], stop: AbortSignal): Promise<number> {
  const read = readHostToolOptions(args);
  if (read.kind === 'exit') return read.code;
  try {
    await runHost(read.options, stop);
    return 0;
  } catch (error) {
    process.stderr.write(`${shown(messageOf(error, read.options))}\n`);
    return 1;
  }
}

async function runHost(options: HostToolOptions, stop: AbortSignal): Promise<void> {
  const { log, json, ...rest } = options;
  const printRecord = (record: ActivationRecord | TriggerRecord): void => {
    if (log) print(json ? jsonText({ event: 'activation', ...record }) : describeActivation(record));
  };
  const host = await startHost({ ...rest, onActivation: printRecord, onFire: printRecord });
  print(json ? readyLine(host) : readyText(host));
  if (!stop.aborted) await new Promise((resolve) => stop.addEventListener('abort', resolve, { once: true }));
  await host.close();
}

/** A text that is safe for a terminal, line by line. Parts of it come from outside. */
const shown = (text: string): string => text.split('\n').map(visible).join('\n');

const print = (text: string): void => {
  process.stdout.write(`${text}\n`);
};

const readyLine = ({ url, auth, namespace }: LocalHost): string =>
  JSON.stringify({ event: 'ready', openwhisk: { apihost: url, auth, namespace } });

const readyText = ({
  url,
  auth,
}: LocalHost): string => `An OpenWhisk host is up; Node ${process.versions.node} runs nodejs:20. Ctrl-C ends it, and nothing is kept.

  wsk property set --apihost ${url} --auth ${auth}
  wskdeploy --apihost ${url} --auth ${auth} -m manifest.yaml
`;

function messageOf(error: unknown, { listen }: HostToolOptions): string {
  if (error instanceof CascadeError) return error.message;
  const { code, stack } = error as NodeJS.ErrnoException;
  if (code === 'EADDRNOTAVAIL' || code === 'ENOTFOUND') return `${listen} is no address of this machine.`;
  if (code === 'EACCES') return 'That port is not for everybody; choose one from 1024 on.';
  return String(stack);
}

/**
 * Describes an activation (one run of an action) or the fire of a trigger for people: one line, and below it the logs
 * and, after a failure, the error.
 */
export function describeActivation(record: ActivationRecord | TriggerRecord): string {
  const { activationId, annotations, logs, name, start, response } = record;
  const path = annotations.find(({ key }) => key === 'path')?.value ?? `trigger ${name}`;
  const isCold = annotations.some(({ key }) => key === 'initTime');
  const took = 'duration' in record ? `${record.duration} ms${isCold ? ' cold' : ''}` : 'fired';
  const head = `${new Date(start).toISOString()}  ${activationId}  ${path}  ${took}  ${response.status}`;
  const error = response.success ? [] : [JSON.stringify(response.result)];
  return [head, ...[...logs, ...error].map((line) => `    ${visible(line)}`)].join('\n');
}
