import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { expect } from 'chai';
import type { LevelDown } from 'leveldown';
import { failStopLevel, type Health } from '../../../../local/store/level/fail-stop-level.ts';

const folders: string[] = [];

async function opened(location: string, health: Health): Promise<LevelDown> {
  const level = failStopLevel(health, new Set())(location);
  // A small buffer, so that what is written leaves the log for a table.
  await promisify(level.open.bind(level, { writeBufferSize: 4096 }))();
  return level;
}

const put = (level: LevelDown, key: string, value: string) => promisify(level._put.bind(level, key, value, {}))();
const get = (level: LevelDown, key: string) => promisify(level._get.bind(level, key, {}))();
const close = (level: LevelDown) => promisify(level.close.bind(level))();
const newHealth = (): Health => ({ failure: undefined, isUnreadable: false });

function newFolder(): string {
  const folder = mkdtempSync(path.join(os.tmpdir(), 'cascade-level-'));
  folders.push(folder);
  return folder;
}

describe('a LevelDB that stops at its first failure', () => {
  afterEach(() => {
    for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true });
  });

  it('is well while keys are only missing', async () => {
    const health = newHealth();
    const level = await opened(newFolder(), health);
    const error: unknown = await get(level, 'none').catch((caught: unknown) => caught);
    expect(String(error)).to.match(/NotFound/);
    expect(health).to.deep.equal({ failure: undefined, isUnreadable: false });
    await close(level);
  });

  it('takes no write after a read that failed, which PouchDB would take for a key that is missing', async () => {
    const folder = newFolder();
    const first = await opened(folder, newHealth());
    for (let n = 0; n < 200; n += 1) await put(first, `key${String(n).padStart(3, '0')}`, 'x'.repeat(500));
    await close(first);
    // LevelDB gives up writing a table if it is closed meanwhile. When it is opened again, it makes tables of all its
    // logs.
    await close(await opened(folder, newHealth()));
    for (const table of readdirSync(folder).filter((name) => name.endsWith('.ldb'))) spoil(path.join(folder, table));
    const health = newHealth();
    const level = await opened(folder, health);
    await get(level, 'key000').catch(() => {});
    expect(health.isUnreadable).to.equal(true);
    const refused: unknown = await put(level, 'new', '1').catch((caught: unknown) => caught);
    expect(refused).to.equal(health.failure);
    await close(level);
  });
});

/** Makes a table's blocks unreadable and leaves its footer. */
function spoil(file: string): void {
  const bytes = readFileSync(file);
  bytes.fill(0xff, 0, Math.floor(bytes.length / 3));
  writeFileSync(file, bytes);
}
