import { SECTIONS } from './rows/sections.ts';
import { CouchInTest } from './support/couch-in-test.ts';
import type { Fact } from './support/fact.ts';
import { REAL, type RunningServer, StoreProcess, startServer } from './support/servers.ts';

const isAsked = ({ on }: Fact): boolean => on !== (REAL === undefined ? 'couchdb' : 'embedded');

describe(`CouchDB: ${REAL === undefined ? 'the embedded store' : new URL(REAL).host}`, () => {
  let server: RunningServer;
  const process = new StoreProcess();
  before(async () => {
    server = await startServer();
    if (REAL === undefined) await process.start();
  });
  after(async () => {
    await server.close();
    if (REAL === undefined) await process.close();
  });

  for (const [section, facts] of Object.entries(SECTIONS)) {
    describe(section, () => {
      for (const fact of facts.filter(isAsked)) {
        it(`${fact.id}: ${fact.title}`, async () => {
          const couch =
            fact.on === 'embedded'
              ? new CouchInTest(process.server, (signal) => process.restart(signal))
              : new CouchInTest(server);
          try {
            await fact.test(couch);
          } finally {
            await couch.close();
          }
        });
      }
    });
  }
});
