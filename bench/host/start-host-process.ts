import http from 'node:http';
import { type Part, startProcess } from '../support/start-process.ts';
import type { HostProcessReady, HostQuestion, RunAnswer } from './host-messages.ts';

const PATIENCE_MS = 30_000;

export interface HostAnswered {
  readonly status: number;
  readonly body: string;
}

/** A host in a process of its own, and calls of it over connections that stay open. */
export interface HostProcess {
  readonly ready: HostProcessReady;
  ask(question: HostQuestion): Promise<RunAnswer>;
  /** Makes a call below `/api/v1/namespaces/_/` with the key. */
  rest(method: string, path: string, body?: object): Promise<HostAnswered>;
  /** Makes a call without a key. */
  get(path: string): Promise<HostAnswered>;
  /** Puts an action with that code. @throws Error if the host refuses it. */
  put(name: string, code: string): Promise<void>;
  close(): Promise<void>;
}

/** Starts a host with raised limits. With `countEnds` it counts how often each activation ended. */
export async function startHostProcess(countEnds: boolean): Promise<HostProcess> {
  const part: Part<HostProcessReady> = await startProcess('../host/host-process.ts', { countEnds });
  const agent = new http.Agent({ keepAlive: true });
  const { url, auth } = part.ready;
  const authorization = `Basic ${Buffer.from(auth).toString('base64')}`;
  const rest = (method: string, path: string, body?: object): Promise<HostAnswered> => {
    const headers = { authorization, 'content-type': 'application/json' };
    // The server would take a GET with a body for two requests.
    const content = method === 'GET' ? undefined : JSON.stringify(body ?? {});
    return call(agent, `${url}/api/v1/namespaces/_/${path}`, { method, headers }, content);
  };
  return {
    ready: part.ready,
    ask: async (question) => (await part.ask(question, PATIENCE_MS)) as RunAnswer,
    rest,
    get: (path) => call(agent, `${url}${path}`, {}),
    async put(name, code) {
      const annotations = [{ key: 'web-export', value: true }];
      const { status, body } = await rest('PUT', `actions/${name}`, { exec: { kind: 'nodejs:20', code }, annotations });
      if (status !== 200) throw new Error(`The host answered ${status} to PUT ${name}: ${body}`);
    },
    async close() {
      agent.destroy();
      await part.close();
    },
  };
}

function call(agent: http.Agent, url: string, options: http.RequestOptions, body?: string): Promise<HostAnswered> {
  return new Promise((resolve, reject) => {
    const request = http.request(url, { ...options, agent }, (response) => {
      let text = '';
      response.setEncoding('utf8').on('data', (chunk: string) => {
        text += chunk;
      });
      response.on('end', () => resolve({ status: response.statusCode ?? 0, body: text }));
    });
    request.on('error', reject);
    request.end(body);
  });
}
