import { execFileSync } from 'node:child_process';
import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { expect } from 'chai';
import { readChains } from '../../src/chain-files/read-chains.ts';
import { withDirectory } from './chain-directory.ts';

const VALID = 'chain: a\n';

describe('what is called like a chain file, and is none', () => {
  const problemIn = (make: (file: string) => void | Promise<void>) =>
    withDirectory({ 'a.yaml': VALID }, async (directory) => {
      const file = join(directory, 'b.yaml');
      await make(file);
      const { sources, problems } = readChains(directory);
      expect(sources.map((source) => source.value)).to.deep.equal([{ chain: 'a' }]);
      expect(problems).to.have.length(1);
      const place = { file, line: 1, column: 1, length: 1, severity: 'error', also: [] };
      expect(problems[0]).to.deep.include({ ...place, code: 'NO_FILE' });
      return problems[0]?.message;
    });

  it('may be a directory', async () =>
    expect(await problemIn((file) => mkdirSync(file))).to.match(/^b\.yaml is no file, but a directory\./));

  it('may be a pipe, on which a reader would wait for ever', async () =>
    expect(await problemIn((file) => void execFileSync('mkfifo', [file]))).to.match(
      /^b\.yaml is no file, but a pipe\./,
    ));

  it('may be a socket', async () => {
    const server = createServer();
    try {
      const listening = (file: string) => new Promise<void>((resolve) => void server.listen(file, resolve));
      expect(await problemIn(listening)).to.match(/^b\.yaml is no file, but a socket\./);
    } finally {
      server.close();
    }
  });

  it('may be a device', async () =>
    expect(await problemIn((file) => symlinkSync('/dev/zero', file))).to.match(/^b\.yaml is no file, but a device\./));

  it('may be a link to nothing', async () =>
    expect(await problemIn((file) => symlinkSync('gone.yaml', file))).to.match(
      /^b\.yaml is a link to a file that does not exist\./,
    ));

  it('is a chain file where it is a link to one', () =>
    withDirectory({ 'a.yaml': VALID }, (directory) => {
      symlinkSync('a.yaml', join(directory, 'b.yaml'));
      expect(readChains(directory).sources).to.have.length(2);
    }));
});

describe('a chain file with several YAML documents', () => {
  it('is told so where the second begins, in our own words', () =>
    withDirectory({ 'a.yaml': 'chain: a\n---\nchain: b\n' }, (directory) => {
      const { problems } = readChains(directory);
      expect(problems).to.have.length(1);
      expect(problems[0]).to.include({
        code: 'YAML_INVALID',
        line: 2,
        column: 1,
        message: 'Here a second YAML document begins. A file is one chain: move it to a file of its own.',
      });
    }));
});

describe('a chain file whose name is no UTF-8', () => {
  it('is a problem of its own, by its escaped name; the others are read', async function () {
    await withDirectory({ 'a.yaml': VALID, 'z.yaml': VALID }, (directory) => {
      try {
        writeFileSync(Buffer.concat([Buffer.from(`${directory}/b`), Buffer.from([0xff]), Buffer.from('.yaml')]), VALID);
      } catch {
        this.skip(); // Not every file system takes such a name.
      }
      const { texts, sources, problems } = readChains(directory);
      const file = join(directory, 'b\\xff.yaml');
      expect(sources).to.have.length(2);
      expect(texts.map((text) => text.file)).to.deep.equal([
        join(directory, 'a.yaml'),
        file,
        join(directory, 'z.yaml'),
      ]);
      const place = { file, line: 1, column: 1, length: 1, also: [] };
      const message =
        'The name of this file is not UTF-8 text: each byte that is not ASCII is shown here as \\x and two digits. Rename the file.';
      expect(problems).to.deep.equal([{ severity: 'error', code: 'NOT_UTF8', message, ...place }]);
    });
  });
});
