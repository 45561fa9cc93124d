import { mkdir, mkdtemp, readFile, rm } from 'node:fs/promises';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { createTenant } from '../../../sim/create-tenant.ts';
import { createTenantServer } from '../../../sim/http/serve.ts';
import { readStateFile, StateError, StateFile } from '../../../sim/state/state-file.ts';

describe('sim: the file of a state', () => {
  let directory: string;
  let file: string;
  beforeEach(async () => {
    directory = await mkdtemp(join(tmpdir(), 'cascade-state-'));
    file = join(directory, 'state');
  });
  afterEach(() => rm(directory, { recursive: true }));

  it('has all at first, and then what changed', async () => {
    const records = [{ id: 1 }];
    let fields = { fixed: 'f', count: 1 };
    const state = new StateFile(file, () => ({ fields, records: { list: records } }));
    state.changed();
    await state.settled();
    fields = { ...fields, count: 2 };
    records.push({ id: 2 });
    state.changed();
    await state.settled();
    await state.close();
    expect(await readStateFile(file)).to.deep.equal([
      { fields: { fixed: 'f', count: 1 }, records: { list: [{ id: 1 }] } },
      { fields: { count: 2 }, records: { list: [{ id: 2 }] } },
      { fields: {}, records: { list: [] } },
    ]);
  });

  it('is written anew when more was added than it may hold', async () => {
    const records: { id: number }[] = [];
    const state = new StateFile(file, () => ({ fields: {}, records: { list: records } }), 1_000);
    for (let id = 1; id <= 500; id += 1) {
      records.push({ id });
      state.changed();
      await state.settled();
    }
    await state.close();
    const written = (await readStateFile(file)) ?? [];
    expect(written.length).to.be.below(50);
    const ids = written.flatMap((parts) => parts.records['list'] ?? []).map((record) => (record as { id: number }).id);
    expect(ids).to.deep.equal(Array.from({ length: 500 }, (_, index) => index + 1));
  });

  it('puts what changes during a write into the next one, all together', async () => {
    let count = 0;
    const state = new StateFile(file, () => ({ fields: { count }, records: {} }));
    const settled: (Promise<void> | undefined)[] = [];
    for (count = 1; count <= 100; count += 1) {
      state.changed();
      settled.push(state.settled());
    }
    await Promise.all(settled);
    expect((await readFile(file, 'utf8')).split('\n')).to.have.length.below(5);
    await state.close();
  });

  it('is written anew after a failure: what is at its end is not known', async () => {
    let fails = false;
    const state = new StateFile(file, () => {
      if (fails) throw new Error('failed');
      return { fields: { fails }, records: {} };
    });
    state.changed();
    await state.settled();
    fails = true;
    state.changed();
    expect(String(await state.settled()?.catch((error: unknown) => error))).to.include('failed');
    fails = false;
    await state.settled();
    expect(await readStateFile(file)).to.deep.equal([{ fields: { fails: false }, records: {} }]);
    await state.close();
  });

  it('says that it could not be written until it could, and then has everything', async () => {
    let count = 1;
    const state = new StateFile(file, () => ({ fields: { count }, records: {} }), -1_000_000);
    state.changed();
    await state.settled();
    await mkdir(`${file}.new`);
    count = 2;
    state.changed();
    await state.settled(); // this change was still added to the old file
    for (count = 3; count < 5; count += 1) {
      state.changed();
      expect(String(await state.settled()?.catch((error: unknown) => error))).to.include(file);
    }
    await rm(`${file}.new`, { recursive: true });
    await state.settled();
    expect((await readStateFile(file))?.at(-1)?.fields).to.deep.equal({ count: 5 });
    await state.close();
  });

  it('that cannot be written makes every call 500 and says why, for what was not kept was not done', async () => {
    const keeper = { changed: () => undefined, settled: () => Promise.reject(new StateError('the disk is full')) };
    const tenant = createTenant({}, { pace: 'real', seed: 's', keeper });
    const server = createTenantServer(tenant);
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const { error } = console;
    console.error = () => undefined; // the tenant logs the error, as it should
    try {
      const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
      const headers = { authorization: `Bearer ${tenant.apiKey}` };
      expect((await fetch(`${url}/_sim/users`, { method: 'POST', body: '{"name":"ann"}' })).status).to.equal(500);
      const answer = await fetch(`${url}/api/v1/users/me`, { headers });
      expect(answer.status).to.equal(500);
      const { errors } = (await answer.json()) as { errors: readonly object[] };
      expect(errors[0]).to.deep.include({ code: 'HTTP-500', detail: 'the disk is full' });
    } finally {
      console.error = error;
      tenant.stop();
      server.close();
      server.closeAllConnections();
    }
  });
});
