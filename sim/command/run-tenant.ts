/*
 * The command `npm run tenant`: it runs a simulated tenant of Qlik Cloud in a terminal, and says how to use it. So
 * people can try scripts without a real tenant.
 */

import { once } from 'node:events';
import { type SimTenant, startTenant } from '../start-tenant.ts';
import { StateError } from '../state/state-file.ts';
import { readTenantCommand, safeLine, type TenantCommand } from './tenant-options.ts';

export interface TerminalPorts {
  /** Aborted by Ctrl-C or SIGTERM. */
  readonly signal: AbortSignal;
  /** Writes a line to stdout. */
  readonly write: (line: string) => void;
  /** Writes a line to stderr. */
  readonly writeError: (line: string) => void;
}

/**
 * `npm run tenant`: runs a tenant until Ctrl-C or SIGTERM.
 *
 * @returns the exit code: 0 after Ctrl-C, SIGTERM or `--help`; 1 if the port or the state file cannot be used; 2 for
 *   wrong options.
 */
export async function runTenant(args: readonly string[], ports: TerminalPorts): Promise<0 | 1 | 2> {
  const read = readTenantCommand(args, ports);
  if (read.kind === 'exit') return read.code;
  const { port, seed, clock, state } = read.command;
  const options = { port, clock, ...(seed === undefined ? {} : { seed }), ...(state === undefined ? {} : { state }) };
  const tenant = await startTenant(options).catch((error: unknown) => {
    ports.writeError(safeLine(explainFailure(error, port)));
    return undefined;
  });
  if (tenant === undefined) return 1;
  ports.write(read.command.json ? readyLine(tenant) : readyText(tenant, read.command));
  if (!ports.signal.aborted) await once(ports.signal, 'abort');
  await tenant.close();
  return 0;
}

function explainFailure(error: unknown, port: number): string {
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  if (code === 'EADDRINUSE') return `Port ${port} is in use: end what runs there, or choose another port with --port.`;
  if (error instanceof StateError) return error.message;
  return `The tenant cannot listen on port ${port}: ${error instanceof Error ? error.message : String(error)}`;
}

function readyLine({ url, tenantId, apiKey, clientId, clientSecret }: SimTenant): string {
  return JSON.stringify({ event: 'ready', tenant: { url, tenantId, apiKey, clientId, clientSecret } });
}

function readyText({ url, tenantId, apiKey, clientId, clientSecret }: SimTenant, { clock }: TenantCommand): string {
  return `A simulated Qlik Cloud tenant on ${url}

  page           ${url}/_sim/
  tenant id      ${tenantId}
  API key        ${apiKey}
  client id      ${clientId}
  client secret  ${clientSecret}
  clock          ${clock}

Add an app, and reload it:
  curl -d '{"id":"sales","name":"Sales","durationMs":5000}' ${url}/_sim/apps
  curl -d '{"appId":"sales"}' -H 'Authorization: Bearer ${apiKey}' ${url}/api/v1/reloads

Ctrl-C ends it.`;
}
