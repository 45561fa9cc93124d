import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'chai';
import { runCli } from '../../cli/run-cli.ts';
import { withDirectory } from '../chain-files/chain-directory.ts';

async function cascade(...args: string[]) {
  const printed = { out: '', error: '' };
  const code = await runCli(args, {
    write: (text) => {
      printed.out += text;
    },
    writeError: (text) => {
      printed.error += text;
    },
    colored: false,
  });
  return { code, ...printed };
}

const TWO_APPS = `module.exports = [
  { name: 'a', appId: 'b4a3cf85-0000-4000-8000-000000000001', chain: ['b'], condition: 'ok' },
  { name: 'b', appId: 'b4a3cf85-0000-4000-8000-000000000002', chain: [], condition: 'ok' },
];`;

describe('cascade import', () => {
  it('writes a chain file that is checked, and a second import changes nothing', async () => {
    await withDirectory({ 'apps.js': TWO_APPS }, async (directory) => {
      const [list, out] = [join(directory, 'apps.js'), join(directory, 'chains')];
      const summary = '1 chain, 1 link, 2 apps: no problems\n';
      expect(await cascade('import', list, '--out', out)).to.deep.equal({
        code: 0,
        out: `${out}/apps.yaml: written, all is carried over\n${summary}`,
        error: '',
      });
      const text = readFileSync(join(out, 'apps.yaml'), 'utf8');
      expect(await cascade('import', list, '--out', out)).to.deep.equal({
        code: 0,
        out: `${out}/apps.yaml: unchanged, all is carried over\n${summary}`,
        error: '',
      });
      expect(readFileSync(join(out, 'apps.yaml'), 'utf8')).to.equal(text);
    });
  });

  it('writes into chains/ of the working directory if nothing else is said', async () => {
    await withDirectory({ 'apps.js': TWO_APPS }, async (directory) => {
      const before = process.cwd();
      process.chdir(directory);
      try {
        expect((await cascade('import', 'apps.js')).out).to.contain('chains/apps.yaml: written');
        expect(readFileSync(join(directory, 'chains', 'apps.yaml'), 'utf8')).to.contain('after');
      } finally {
        process.chdir(before);
      }
    });
  });

  it('never overwrites a file that says something else', async () => {
    await withDirectory({ 'apps.js': TWO_APPS }, async (directory) => {
      const out = join(directory, 'chains');
      mkdirSync(out);
      writeFileSync(join(out, 'apps.yaml'), 'mine');
      const { code, error } = await cascade('import', join(directory, 'apps.js'), '--out', out);
      expect(code).to.equal(2);
      expect(error).to.equal(
        `error: ${out}/apps.yaml is there already, with another content. Nothing is overwritten: move it away, or name another directory by --out.\n`,
      );
      expect(readFileSync(join(out, 'apps.yaml'), 'utf8')).to.equal('mine');
    });
  });

  it('names each thing that is missing with its line, and ends with 1', async () => {
    const list = TWO_APPS.replace("['b']", "['b', 'c']");
    await withDirectory({ 'apps.js': list }, async (directory) => {
      const [file, out] = [join(directory, 'apps.js'), join(directory, 'chains')];
      expect(await cascade('import', file, '--out', out)).to.deep.equal({
        code: 1,
        out: [
          `${file}:2  "c" does not follow "a": no entry that is carried over has this name.`,
          `${out}/apps.yaml: written, 1 thing missing, see above`,
          '1 chain, 1 link, 2 apps: no problems',
          '',
        ].join('\n'),
        error: '',
      });
    });
  });

  it('shows what cascade check finds in the result, and ends with 1', async () => {
    await withDirectory({ 'apps.js': TWO_APPS.replace('chain: []', "chain: ['a']") }, async (directory) => {
      const { code, out } = await cascade('import', join(directory, 'apps.js'), '--out', directory);
      expect(code).to.equal(1);
      expect(out).to.contain('CYCLE  These apps would reload each other for ever: apps/a → apps/b → apps/a.');
      expect(out).to.match(/1 chain: 1 error\n$/);
    });
  });

  it('writes no file if nothing follows', async () => {
    await withDirectory({ 'apps.js': 'module.exports = [];' }, async (directory) => {
      const { code, error } = await cascade('import', join(directory, 'apps.js'), '--out', join(directory, 'chains'));
      expect(code).to.equal(1);
      expect(error).to.equal(`error: No app in ${directory}/apps.js follows another: no chain file is written.\n`);
    });
  });

  it('writes no file that would be too large for a chain file', async () => {
    const entries = Array.from({ length: 3500 }, (_, index) => ({
      name: `App ${index} ${'x'.repeat(150)}`,
      appId: `b4a3cf85-0000-4000-8000-${String(index).padStart(12, '0')}`,
      chain: [`App ${index + 1} ${'x'.repeat(150)}`],
      condition: 'ok',
    }));
    const list = `module.exports = ${JSON.stringify([...entries, { name: `App 3500 ${'x'.repeat(150)}`, appId: 'last' }])};`;
    await withDirectory({ 'apps.js': list }, async (directory) => {
      const { code, out, error } = await cascade(
        'import',
        join(directory, 'apps.js'),
        '--out',
        join(directory, 'chains'),
      );
      expect({ code, out }).to.deep.equal({ code: 2, out: '' });
      expect(error).to.match(
        /^error: The chain file of .*apps\.js would have 1\d{6} bytes; a chain file has at most 1048576\. So nothing is written\. Split the list into several files, each with all the entries that its "chain" lists name\.\n$/,
      );
      expect(existsSync(join(directory, 'chains'))).to.equal(false);
    });
  });

  it('a file that cannot be read is misuse', async () => {
    await withDirectory({ 'apps.js': Uint8Array.of(0xff, 0x61) }, async (directory) => {
      expect(await cascade('import', join(directory, 'none.js'))).to.deep.equal({
        code: 2,
        out: '',
        error: `error: Cannot use "${directory}/none.js": there is no such file.\n`,
      });
      expect(await cascade('import', directory)).to.deep.equal({
        code: 2,
        out: '',
        error: `error: Cannot use "${directory}": it is a directory.\n`,
      });
      const { code, error } = await cascade('import', join(directory, 'apps.js'));
      expect(code).to.equal(2);
      expect(error).to.match(/^error: Cannot use ".*apps\.js": .*UTF-8/);
    });
  });
});
