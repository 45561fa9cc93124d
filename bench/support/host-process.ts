/**
 * A local OpenWhisk host in a process of its own. It notes when calls arrive, and when activations begin and end. It
 * uses Node's own diagnostics, so that there is no proxy between the invoker and the host.
 */
import { subscribe } from 'node:diagnostics_channel';
import { once } from 'node:events';
import type { IncomingMessage } from 'node:http';
import { type ActivationRecord, startHost } from '../../local/host/start-host.ts';
import type { Expected, HostReady, HostWanted, SeenCalls } from './processes.ts';

const INVOKE = /^\/api\/v1\/namespaces\/[^/]+\/actions\/([^?]+)/;

let calls: SeenCalls['calls'][number][] = [];
let activations: SeenCalls['activations'][number][] = [];
let expected: Expected | undefined;

subscribe('http.server.request.start', (message) => {
  const { method, url = '' } = (message as { request: IncomingMessage }).request;
  const action = method === 'POST' ? INVOKE.exec(url)?.[1] : undefined;
  if (action !== undefined) calls.push({ action, at: performance.timeOrigin + performance.now() });
});

function noteActivation({ annotations, start, end, response }: ActivationRecord): void {
  const path = String(annotations.find(({ key }) => key === 'path')?.value);
  const isCold = annotations.some(({ key }) => key === 'initTime');
  activations.push({ action: path.slice(path.indexOf('/') + 1), start, end, isCold, success: response.success });
  answerIfComplete();
}

function answerIfComplete(): void {
  if (expected === undefined) return;
  const count = (action: string): number => activations.filter((activation) => activation.action === action).length;
  if (Object.entries(expected.activations).some(([action, wanted]) => count(action) < wanted)) return;
  process.send?.({ calls, activations } satisfies SeenCalls);
  expected = undefined;
  calls = [];
  activations = [];
}

const [wanted] = (await once(process, 'message')) as [HostWanted];
const host = await startHost({ port: 0, ...wanted, onActivation: noteActivation });
process.on('message', (message: Expected) => {
  expected = message;
  answerIfComplete();
});
process.once('disconnect', () => void host.close());
process.send?.({ url: host.url, auth: host.auth, namespace: host.namespace } satisfies HostReady);
