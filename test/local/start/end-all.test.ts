import { expect } from 'chai';
import { endAll } from '../../../local/start/end-all.ts';
import { purgeDaily } from '../../../local/start/purge-daily.ts';
import { CascadeError } from '../../../src/core/cascade-error.ts';

describe('the end of npm start', () => {
  it('ends the last part first, and says which part failed without stopping there', async () => {
    const ended: string[] = [];
    const said: string[] = [];
    const part = (name: string, error?: Error) => async () => {
      ended.push(name);
      if (error !== undefined) throw error;
    };
    await endAll([part('store'), part('host', new Error('port 1 is stuck')), part('purge')], (text) => said.push(text));
    expect(ended).to.deep.equal(['purge', 'host', 'store']);
    expect(said).to.deep.equal(['A part of npm start did not end in order: port 1 is stuck']);
  });
});

describe('the daily purge of npm start', () => {
  const rig = (failures: readonly Error[]) => {
    const stop = new AbortController();
    const said: string[] = [];
    const slept: number[] = [];
    let purges = 0;
    const work = purgeDaily(
      {},
      {
        signal: stop.signal,
        say: (sentence) => said.push(sentence),
        purge: async () => {
          const failure = failures[purges];
          purges += 1;
          if (failure !== undefined) throw failure;
          return undefined;
        },
        sleep: async (durationMs) => {
          slept.push(durationMs);
          if (slept.length === 2) stop.abort();
        },
      },
    );
    return { work, said, slept, purges: () => purges };
  };

  it('says why a purge failed, and purges again a day later', async () => {
    const { work, said, slept, purges } = rig([new CascadeError('STORE_UNAVAILABLE', 'CouchDB gave no answer.')]);
    await work;
    expect(said).to.deep.equal([
      'The ledger is not purged: CouchDB gave no answer. npm start tries again in a day; to do it now: npx cascade ledger purge.',
    ]);
    expect([slept, purges()]).to.deep.equal([[86_400_000, 86_400_000], 2]);
  });

  it('fails by a bug', async () => {
    const { work, said } = rig([new TypeError('x is undefined')]);
    expect(await work.catch((error: unknown) => error)).to.be.instanceOf(TypeError);
    expect(said).to.deep.equal([]);
  });
});
