import net from 'node:net';
import { expect } from 'chai';
import { RAW_WEB } from '../../support/openwhisk-entities.ts';
import { useHost } from './support/use-host.ts';

const MEGABYTE = 1_048_576;
const LAST = '0\r\n\r\n';

/** Writes the parts one after another on one connection, and returns the status of each answer. */
function statuses(port: number, parts: readonly string[], answers: number): Promise<readonly number[]> {
  return new Promise((resolve, reject) => {
    const socket = net.connect(port, '127.0.0.1');
    let received = '';
    const write = (left: readonly string[]): void => {
      const [part, ...rest] = left;
      // Each part in its own turn of the event loop, so that the host reads it alone.
      if (part !== undefined) socket.write(part, () => setImmediate(write, rest));
    };
    socket.setNoDelay(true).on('error', reject);
    socket.on('data', (bytes) => {
      received += bytes.toString();
      const found = [...received.matchAll(/HTTP\/1\.1 (\d+)/g)].map(([, status]) => Number(status));
      if (found.length < answers) return;
      socket.destroy();
      resolve(found);
    });
    write(parts);
  });
}

describe("a chunked body's chunks", () => {
  const host = useHost();
  const chunk = (bytes: number): string => `${bytes.toString(16)}\r\n${'x'.repeat(bytes)}\r\n`;
  const head = (more = ''): string =>
    `POST /api/v1/web/guest/t/raw HTTP/1.1\r\nhost: localhost\r\n${more}content-type: text/plain\r\ntransfer-encoding: chunked\r\n\r\n`;
  const port = (): number => Number(new URL(host.url).port);
  before(() => host.action('raw', 'function main() { return {} }', RAW_WEB));

  it('may have one megabyte each, and not a byte more', async () => {
    expect(await statuses(port(), [head(), chunk(MEGABYTE), LAST], 1)).to.deep.equal([204]);
    expect(await statuses(port(), [head(), chunk(MEGABYTE + 1), LAST], 1)).to.deep.equal([400]);
  });

  it('are all looked at, the second as the first', async () => {
    expect(await statuses(port(), [head(), chunk(10), chunk(MEGABYTE + 1), LAST], 1)).to.deep.equal([400]);
  });

  it('are found where the head and a size line come in pieces', async () => {
    const large = chunk(MEGABYTE + 1);
    const pieces = [head().slice(0, -2), `\r\n${large.slice(0, 3)}`, large.slice(3), LAST];
    expect(await statuses(port(), pieces, 1)).to.deep.equal([400]);
  });

  it('of the next request on the connection are its own', async () => {
    // The header's name begins with `da`, which reads as a hexadecimal size.
    const next = head('dabbled: yes\r\n');
    const parts = [head(), chunk(MEGABYTE + 1), LAST];
    expect(await statuses(port(), [...parts, next, chunk(10), LAST], 2)).to.deep.equal([400, 204]);
  });

  it('may add up to more than one may have: then it is the body that is too large', async () => {
    expect(await statuses(port(), [head(), chunk(MEGABYTE), chunk(1), LAST], 1)).to.deep.equal([413]);
  });
});
