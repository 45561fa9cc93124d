import type { IncomingMessage } from 'node:http';

/** Lower-case names and, of repeated headers, the last; without those that frame the body. */
export function requestHeaders({ rawHeaders }: IncomingMessage): Record<string, string> {
  const headers: Record<string, string> = {};
  for (let i = 0; i + 1 < rawHeaders.length; i += 2) {
    headers[(rawHeaders[i] ?? '').toLowerCase()] = rawHeaders[i + 1] ?? '';
  }
  delete headers['content-length'];
  delete headers['transfer-encoding'];
  return headers;
}
