import { mkdtemp, rm } from 'node:fs/promises';
import http from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buildProxy, Container } from '../../local/host/containers/container.ts';
import { MemoryWatch } from '../../local/host/containers/memory-watch.ts';
import { startGuard } from '../../local/host/containers/processes.ts';

/** Containers of the host's own kind, without a host. */
export interface StraightContainers {
  /** Makes one `/run` in each container, one after another. Each gets the result of the one before. */
  runAll(payload: object): Promise<object>;
  close(): Promise<void>;
}

/** Starts and initialises one container for each code. */
export async function startStraightContainers(codes: readonly string[]): Promise<StraightContainers> {
  const folder = await mkdtemp(join(tmpdir(), 'cascade-bench-'));
  const guard = startGuard(folder);
  const place = { proxyFile: buildProxy(folder), apiHost: '', now: Date.now, guard, memory: new MemoryWatch() };
  const containers = codes.map((_, index) => new Container({ ...place, folder: join(folder, `${index}`) }));
  const agents = codes.map(() => new http.Agent({ keepAlive: true, maxSockets: 1 }));
  const post = (index: number, url: string, message: object): Promise<object> =>
    postTo(join(folder, `${index}`, 's'), agents[index], url, message);
  for (const [index, container] of containers.entries()) {
    await container.ready;
    await post(index, '/init', { value: { name: 'step', main: 'main', code: codes[index], binary: false, env: {} } });
  }
  return {
    async runAll(payload) {
      let value = payload;
      for (const index of codes.keys()) value = await post(index, '/run', { value });
      return value;
    },
    async close() {
      for (const container of containers) container.kill();
      for (const agent of agents) agent.destroy();
      await Promise.all(containers.map(({ ended }) => ended));
      await guard.close();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

function postTo(socketPath: string, agent: http.Agent | undefined, path: string, message: object): Promise<object> {
  return new Promise((resolve, reject) => {
    const body = JSON.stringify(message);
    const headers = { 'content-type': 'application/json', 'content-length': Buffer.byteLength(body) };
    const request = http.request({ socketPath, method: 'POST', path, headers, ...(agent && { agent }) }, (response) => {
      let text = '';
      response.setEncoding('utf8').on('data', (chunk: string) => {
        text += chunk;
      });
      response.on('end', () => resolve(JSON.parse(text)));
    });
    request.on('error', reject);
    request.end(body);
  });
}
