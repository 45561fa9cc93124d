import { readFileSync } from 'node:fs';
import { expect } from 'chai';
import { parse } from 'yaml';
import { ACTION_LIMITS } from '../../src/core/action-limits.ts';

interface ManifestAction {
  readonly limits: { readonly timeout: number; readonly memorySize: number };
  readonly annotations: Readonly<Record<string, boolean>>;
  readonly inputs: Readonly<Record<string, unknown>>;
  readonly runtime: string;
}

const actionsIn = (file: string, name: string): Readonly<Record<string, ManifestAction>> =>
  parse(readFileSync(new URL(`../../${file}`, import.meta.url), 'utf8')).project.packages[name].actions;

const { invoker, ...ofQuestions } = actionsIn('questions.yaml', 'questions');
/** Every action by name. Actions of the package `questions` have the names of their bundles. */
const actions: Readonly<Record<string, ManifestAction>> = {
  ...actionsIn('manifest.yaml', 'cascade'),
  ...Object.fromEntries(Object.entries(ofQuestions).map(([name, action]) => [`questions-${name}`, action])),
};

/** Worked out by hand, apart from the code: the limits of design §8. */
const LIMITS_MS = {
  receiver: 8_000,
  resolver: 15_000,
  invoker: 120_000,
  reload: 110_000,
  collector: 120_000,
  storer: 60_000,
  notifier: 60_000,
  chains: 15_000,
  metrics: 15_000,
  meter: 60_000,
  'questions-collector': 60_000,
  'questions-storer': 60_000,
};

describe('the limits of the actions', () => {
  it('are in the manifest and in the table of the code, the same', () => {
    const deployed = Object.entries(actions).map(([name, { limits }]) => [name, limits.timeout]);
    expect(Object.fromEntries(deployed)).to.deep.equal({ ...LIMITS_MS, dashboard: 10_000 });
    const known = Object.entries(ACTION_LIMITS).map(([name, { limit }]) => [name, limit]);
    expect(Object.fromEntries(known)).to.deep.equal(LIMITS_MS);
  });

  it('bound each action’s calls to the store by its own entry', () => {
    for (const name of Object.keys(ACTION_LIMITS)) {
      const source = readFileSync(new URL(`../../actions/${name}/main.ts`, import.meta.url), 'utf8');
      const used = [...source.matchAll(/(?:open|needed)Ledger\(params, '([\w-]+)', /g)].map(([, entry]) => entry);
      expect(used, `actions/${name}/main.ts`).to.deep.equal([name]);
    }
  });

  it('are 256 MB and Node 20 for each', () => {
    for (const [name, { limits, runtime }] of Object.entries(actions)) {
      expect([name, limits.memorySize, runtime]).to.deep.equal([name, 256, 'nodejs:20']);
    }
  });

  it('leave room for what a sender waits for, if the store never answers: our answer comes, not the host’s', () => {
    // A webhook needs put, put again, get. The resolver needs a read and its alert. The table of chains needs one read.
    expect(3 * ACTION_LIMITS.receiver.store).to.be.at.most(7_500);
    expect(3 * ACTION_LIMITS.resolver.store).to.be.at.most(13_000);
    expect(ACTION_LIMITS.chains.store).to.be.at.most(13_000);
    // Together inside the 60 s after which the platform itself answers a webhook (ow-web-12).
    expect(LIMITS_MS.receiver + LIMITS_MS.resolver).to.be.below(60_000);
    // An activation that runs longer than its order's lease (150 s) might post beside another one.
    expect(LIMITS_MS.reload).to.be.below(150_000);
  });

  it('are those of Cascade’s invoker for the invoker of questions, which is the same bundle', () => {
    expect(invoker).to.deep.include({ function: 'dist/actions/invoker.js', annotations: { 'provide-api-key': true } });
    expect(invoker?.limits).to.deep.equal(actions['invoker']?.limits);
  });

  it('bind who invokes an action that holds a key of Qlik’s or Stack Exchange’s: it cannot put another address in its place', () => {
    const holders = Object.entries(actions).filter(([, { inputs }]) =>
      ['QLIK_API_KEY', 'QLIK_CLIENT_SECRET', 'QLIK_TENANTS', 'QUESTIONS_KEY'].some((name) => name in inputs),
    );
    expect(holders.map(([name, { annotations }]) => [name, annotations['final']])).to.deep.equal([
      ['reload', true],
      ['collector', true],
      ['questions-collector', true],
    ]);
  });

  it('bind who invokes the meter: it cannot put another ledger in the place of ours', () => {
    expect(actions['meter']?.annotations).to.deep.equal({ 'provide-api-key': true, final: true });
  });

  it('say of each whether it gets the namespace’s key', () => {
    const withKey = Object.entries(actions).map(([name, { annotations }]) => [name, annotations['provide-api-key']]);
    expect(Object.fromEntries(withKey)).to.deep.equal({
      receiver: false,
      resolver: false,
      invoker: true,
      reload: false,
      collector: false,
      storer: false,
      notifier: false,
      chains: false,
      metrics: false,
      meter: true,
      dashboard: false,
      'questions-collector': false,
      'questions-storer': false,
    });
  });
});
