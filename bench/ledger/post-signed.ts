import { createHmac } from 'node:crypto';
import http from 'node:http';

const agent = new http.Agent({ keepAlive: true });

/** The answer. */
export interface Posted {
  readonly status: number;
  readonly body: string;
}

/** Posts a webhook's body as Qlik does, over a connection that stays open. */
export function postSigned(url: string, body: string, secret: string): Promise<Posted> {
  const signature = createHmac('sha256', secret).update(body).digest('hex');
  const headers = { 'content-type': 'application/json', 'qlik-signature': signature };
  return new Promise((resolve, reject) => {
    const request = http.request(url, { method: 'POST', agent, headers }, (response) => {
      let text = '';
      response.setEncoding('utf8').on('data', (chunk: string) => {
        text += chunk;
      });
      response.on('end', () => resolve({ status: response.statusCode ?? 0, body: text }));
      response.on('error', reject);
    });
    request.on('error', reject).end(body);
  });
}
