import { expect } from 'chai';
import memory from 'pouchdb-adapter-memory';
import PouchDB from 'pouchdb-core';
import type { RawDocument } from '../../dashboard/model/documents.ts';
import {
  createDeviceQueue,
  type DevicePlace,
  documentsInTexts,
  placeOn,
} from '../../dashboard/replica/device-queue.ts';
import type { LocalDatabase } from '../../dashboard/replica/local-database.ts';
import { until } from '../support/until.ts';

PouchDB.plugin(memory);

const DOCUMENT = { _id: 'dead:a', _rev: '1-a' } as unknown as RawDocument;
const OTHER = { _id: 'dead:b', _rev: '1-b' } as unknown as RawDocument;
const placeAt = (from: number) => ({ since: 0, from, asOf: 0 }) as unknown as DevicePlace;

/** A device that notes what is written, and a queue for it. */
function world() {
  const did: string[] = [];
  const tab = { mayStore: true };
  /** `before` runs before each write. */
  const device = { before: async (_write: string): Promise<void> => {} };
  const write = async (what: string): Promise<void> => {
    await device.before(what);
    did.push(what);
  };
  const local = {
    get: () => Promise.reject(Object.assign(new Error('missing'), { status: 404 })),
    async put({ from }: { from: number }) {
      await write(`place ${from}`);
      return { rev: '0-1' };
    },
    async bulkDocs(documents: readonly { _id: string }[]) {
      await write(documents.map(({ _id }) => _id).join(' '));
      return documents.map(() => ({}));
    },
  } as unknown as LocalDatabase;
  const queue = createDeviceQueue(
    local,
    () => tab.mayStore,
    () => void did.push('stored'),
  );
  return { did, tab, device, queue };
}

/** A promise, and the function that fulfils it. */
function gate() {
  let open = (): void => {};
  const passed = new Promise<void>((resolve) => {
    open = resolve;
  });
  return { passed, open };
}

describe('the writes to the device', () => {
  it('are one after another, the place after its documents; only documents make a new summary', async () => {
    const { did, queue } = world();
    queue.add([DOCUMENT], placeAt(1));
    queue.add([], placeAt(2));
    queue.add([OTHER], placeAt(3));
    expect(queue.isDone()).to.equal(false);
    await queue.stored();
    expect(queue.isDone()).to.equal(true);
    expect(did).to.deep.equal(['dead:a', 'place 1', 'stored', 'place 2', 'dead:b', 'place 3', 'stored']);
  });

  it('are not done before the place is written', async () => {
    const { device, queue } = world();
    const atPlace = gate();
    const release = gate();
    device.before = async (write) => {
      if (!write.startsWith('place')) return;
      atPlace.open();
      await release.passed;
    };
    queue.add([DOCUMENT], placeAt(1));
    await atPlace.passed;
    expect(queue.isDone()).to.equal(false);
    release.open();
    await queue.stored();
    expect(queue.isDone()).to.equal(true);
  });

  it('end with the first that fails, and begin anew after a restart', async () => {
    const { did, device, queue } = world();
    const full = new Error('no space');
    // The disk is full for the first write alone.
    device.before = async () => {
      device.before = async () => {};
      throw full;
    };
    queue.add([DOCUMENT], placeAt(1));
    queue.add([OTHER], placeAt(2));
    const failures = [queue.stored(), queue.unlessFailed(new Promise(() => {}))].map((work) =>
      work.catch((error: unknown) => error),
    );
    expect(await Promise.all(failures)).to.deep.equal([full, full]);
    expect(queue.isDone()).to.equal(false);
    await queue.restart();
    expect(queue.isDone()).to.equal(true);
    expect(did).to.deep.equal([]);
    queue.add([OTHER], placeAt(3));
    await queue.stored();
    expect(queue.isDone()).to.equal(true);
    expect(did).to.deep.equal(['dead:b', 'place 3', 'stored']);
  });

  it('do not hold up what waits for something else', async () => {
    const { device, queue } = world();
    const release = gate();
    device.before = () => release.passed;
    queue.add([DOCUMENT], placeAt(1));
    expect(await queue.unlessFailed(Promise.resolve('an answer'))).to.equal('an answer');
    release.open();
    await queue.stored();
  });

  it('fail whoever waits for something else, also for what is there at once', async () => {
    const { device, queue } = world();
    const full = new Error('no space');
    device.before = () => Promise.reject(full);
    queue.add([DOCUMENT], placeAt(1));
    await queue.stored().catch(() => {});
    const work = () => queue.unlessFailed(Promise.resolve('an answer')).catch((error: unknown) => error);
    expect(await work()).to.equal(full);
    await queue.restart();
    expect(await work()).to.equal('an answer');
  });

  it('that are left are waited for by a restart', async () => {
    const { did, queue } = world();
    queue.add([DOCUMENT], placeAt(1));
    await queue.restart();
    expect(did).to.deep.equal(['dead:a', 'place 1', 'stored']);
  });

  it('stop once another tab may have left one out, also if this tab stores now; until a restart', async () => {
    const { did, tab, queue } = world();
    tab.mayStore = false;
    queue.add([DOCUMENT], placeAt(1));
    await queue.stored();
    tab.mayStore = true;
    queue.add([OTHER], placeAt(2));
    await queue.stored();
    expect([queue.isUnsure(), queue.isDone(), did]).to.deep.equal([true, false, []]);
    await queue.restart();
    expect([queue.isUnsure(), queue.isDone()]).to.deep.equal([false, true]);
    queue.add([OTHER], placeAt(2));
    await queue.stored();
    expect(did).to.deep.equal(['dead:b', 'place 2', 'stored']);
  });

  it('stop if everything on the device is to go', async () => {
    const { did, queue } = world();
    queue.drop();
    queue.add([DOCUMENT], placeAt(1));
    await queue.stored();
    expect(did).to.deep.equal([]);
  });

  describe('of 100 documents or more', () => {
    const many = (prefix: string) =>
      Array.from(
        { length: 100 },
        (_, index) => ({ _id: `dead:${prefix}${index}`, _rev: '1-a' }) as unknown as RawDocument,
      );
    /** A tab on a device. If `dies`, it is closed before PouchDB has written a document. */
    function tabOn(device: string, dies: boolean) {
      const local = new PouchDB(device, { adapter: 'memory' }) as unknown as LocalDatabase;
      if (dies) local.bulkDocs = () => new Promise(() => {});
      return {
        local,
        queue: createDeviceQueue(
          local,
          () => true,
          () => {},
        ),
      };
    }
    const stored = async (local: LocalDatabase) =>
      (await local.allDocs({ include_docs: true })).rows.map(
        ({ doc }) => doc as unknown as { _id: string; v?: number },
      );
    const textsOf = async (local: LocalDatabase) =>
      (await documentsInTexts(local, (await placeOn(local))?.texts)).map(({ _id }) => _id);

    it('keep them as texts first, with the place, also if the tab is then closed; the next tab stores them', async () => {
      const device = `texts-${process.pid}-1`;
      const { local, queue } = tabOn(device, true);
      const [first, next] = [many('a'), { ...many('a')[7], v: 2 } as unknown as RawDocument];
      queue.add(first, placeAt(1));
      queue.add([next], placeAt(2));
      const isThere = async () => (await placeOn(local))?.from === 2;
      await until('the place is noted', isThere);
      expect(queue.isDone()).to.equal(false);
      expect(await stored(local)).to.deep.equal([]);
      // The newer one of a document is after the older one.
      expect(await textsOf(local)).to.deep.equal([...first.map(({ _id }) => _id), 'dead:a7']);

      const later = tabOn(device, false);
      expect((await later.queue.restart())?.from).to.equal(2);
      await later.queue.stored();
      expect(later.queue.isDone()).to.equal(true);
      const documents = await stored(later.local);
      expect(documents.length).to.equal(100);
      expect(documents.find(({ _id }) => _id === 'dead:a7')?.v).to.equal(2);
      expect(await placeOn(later.local)).to.deep.include({ from: 2, texts: [] });
      expect(await documentsInTexts(later.local, [1, 2])).to.deep.equal([]);
    });

    it('come before texts become documents, and what is added meanwhile does not get ahead of them', async () => {
      const { local, queue } = tabOn(`texts-${process.pid}-2`, false);
      queue.add(many('a'), placeAt(1));
      queue.add(many('b'), placeAt(2));
      queue.add([{ ...OTHER, _deleted: true } as unknown as RawDocument], placeAt(3));
      queue.add([OTHER], placeAt(4));
      await queue.stored();
      expect((await stored(local)).map(({ _id }) => _id))
        .to.include('dead:b')
        .and.to.have.length(201);
      expect(await placeOn(local)).to.deep.include({ from: 4, texts: [] });
    });
  });
});
