// biome-ignore-all lint/suspicious/noTemplateCurlyInString: so a manifest writes a variable
import { expect } from 'chai';
import { planEntities } from '../../src/deploy/plan-entities.ts';
import type { Manifest, ManifestPackage } from '../../src/deploy/read-manifest.ts';

const manifestOf = (content: Omit<ManifestPackage, 'version' | 'license'>): Manifest => ({
  project: { name: 'p', packages: { pack: { version: '1.2.3', license: 'Apache-2.0', ...content } } },
});
const codeOf = new Map([['dist/one.js', 'exports.main = () => ({});']]);
const one = { function: 'dist/one.js', runtime: 'nodejs:20' };

describe('what a manifest deploys', () => {
  it('is the package, the actions with code, parameters and limits, and the sequences over them', () => {
    const manifest = manifestOf({
      actions: {
        one: {
          ...one,
          limits: { timeout: 8000, memorySize: 256 },
          annotations: { 'provide-api-key': false },
          inputs: { KEY: { type: 'string', value: '${KEY}' }, EMPTY: { type: 'string', value: '${NOT_SET}' } },
        },
      },
      sequences: { seq: { actions: 'one, one', web: 'raw' } },
    });
    expect(planEntities(manifest, { env: { KEY: 'k' }, codeOf })).to.deep.equal({
      packages: [{ name: 'pack', body: { version: '1.2.3', publish: false } }],
      actions: [
        {
          name: 'pack/one',
          body: {
            exec: { kind: 'nodejs:20', code: 'exports.main = () => ({});' },
            annotations: [{ key: 'provide-api-key', value: false }],
            parameters: [
              { key: 'KEY', value: 'k' },
              { key: 'EMPTY', value: '' },
            ],
            limits: { timeout: 8000, memory: 256 },
            publish: false,
          },
        },
      ],
      sequences: [
        {
          name: 'pack/seq',
          body: {
            exec: { kind: 'sequence', components: ['/_/pack/one', '/_/pack/one'] },
            annotations: [
              { key: 'web-export', value: true },
              { key: 'raw-http', value: true },
              { key: 'final', value: true },
            ],
            publish: false,
          },
        },
      ],
    });
  });

  const webModes = [
    { web: true, annotations: { 'web-export': true, 'raw-http': false, final: true } },
    { web: 'raw', annotations: { 'web-export': true, 'raw-http': true, final: true } },
    { web: false, annotations: { 'web-export': false, 'raw-http': false, final: false } },
  ] as const;
  for (const { web, annotations } of webModes) {
    it(`says all three web annotations where the manifest says web: ${web}`, () => {
      const { actions } = planEntities(manifestOf({ actions: { one: { ...one, web } } }), { env: {}, codeOf });
      const pairs = actions[0]?.body.annotations?.map(({ key, value }) => [key, value]) ?? [];
      expect(Object.fromEntries(pairs)).to.deep.equal(annotations);
    });
  }

  it('names every required input that is missing or empty', () => {
    const input = (value: string) => ({ type: 'string', required: true, value }) as const;
    const manifest = manifestOf({
      actions: {
        one: { ...one, inputs: { MISSING: input('${MISSING}'), GIVEN: input('${GIVEN}') } },
        two: { ...one, inputs: { A_or_B: input('${A}${B}') } },
      },
    });
    const plan = () => planEntities(manifest, { env: { GIVEN: 'g', A: '', B: '' }, codeOf });
    expect(plan).to.throw('missing or empty: MISSING, A_or_B.');
  });

  it('refuses a sequence over an action that the manifest does not deploy', () =>
    expect(() => planEntities(manifestOf({ sequences: { seq: { actions: 'nope' } } }), { env: {}, codeOf })).to.throw(
      'The sequence seq names nope',
    ));
});
