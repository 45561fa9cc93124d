import { createServer as createHttp, type IncomingMessage, type ServerResponse } from 'node:http';
import { createServer as createHttps } from 'node:https';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { SELF_SIGNED } from './self-signed.ts';

interface Recorded {
  /** `PUT /api/v1/…?overwrite=true` */
  readonly call: string;
  readonly authorization: string | undefined;
  readonly body: unknown;
}

export interface RecordingHost {
  readonly url: string;
  readonly requests: readonly Recorded[];
  close(): Promise<void>;
}

const DESCRIPTION = {
  description: 'OpenWhisk',
  api_paths: ['/api/v1'],
  limits: {},
  runtimes: {
    nodejs: [
      { kind: 'nodejs:20', default: true, deprecated: false, attached: true, image: 'node', requireMain: false },
    ],
  },
};

/**
 * Starts a server that records its requests. It answers `GET /` like OpenWhisk, and any other request with the body
 * that was sent.
 *
 * @param statusOf - the status for a path; 200 unless given.
 */
export async function startRecordingHost({
  tls = false,
  statusOf = (_path: string): number => 200,
} = {}): Promise<RecordingHost> {
  const requests: Recorded[] = [];
  const answer = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const sent = await text(request);
    const body: unknown = sent === '' ? undefined : JSON.parse(sent);
    requests.push({ call: `${request.method} ${request.url}`, authorization: request.headers.authorization, body });
    response.statusCode = statusOf(request.url ?? '');
    response.setHeader('content-type', 'application/json');
    response.end(JSON.stringify(request.url === '/' ? DESCRIPTION : (body ?? {})));
  };
  const server = tls ? createHttps(SELF_SIGNED, answer) : createHttp(answer);
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  const { port } = server.address() as AddressInfo;
  return {
    url: `${tls ? 'https' : 'http'}://127.0.0.1:${port}`,
    requests,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}
