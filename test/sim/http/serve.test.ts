import type { AddressInfo } from 'node:net';
import { expect } from 'chai';
import { createTenant } from '../../../sim/create-tenant.ts';
import { createTenantServer } from '../../../sim/http/serve.ts';

describe('sim: a call that the tenant itself fails to answer', () => {
  it('loses its connection, and the tenant goes on', async () => {
    const tenant = createTenant({}, { pace: 'real', seed: 's' });
    const server = createTenantServer(tenant);
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const { traceId } = tenant.chance;
    const { error } = console;
    const lines: unknown[] = [];
    console.error = (line: unknown) => void lines.push(line);
    try {
      const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/api/v1/users/me`;
      tenant.chance.traceId = () => {
        throw new Error('no trace id');
      };
      expect(await fetch(url).catch((failure: Error) => failure)).to.be.an.instanceof(TypeError);
      expect(lines).to.deep.equal(['The simulated tenant failed:']);
      tenant.chance.traceId = traceId;
      expect((await fetch(url)).status).to.equal(401);
    } finally {
      console.error = error;
      tenant.stop();
      server.close();
      server.closeAllConnections();
    }
  });
});
