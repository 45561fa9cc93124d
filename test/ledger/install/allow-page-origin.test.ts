import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect } from 'chai';
import { allowDashboard } from '../../../src/deploy/allow-dashboard.ts';

const PAGE = 'https://openwhisk.example.org';

/** A CouchDB's `_membership` and `_config`, as the configuration API of CouchDB 3 answers: a value is a JSON string. */
class ConfigServer {
  readonly #server: Server;
  readonly values = new Map<string, string>();
  readonly puts: string[] = [];
  /** In place of every answer. */
  status: number | undefined;

  constructor(nodes: readonly string[]) {
    this.#server = createServer(async (request, response) => {
      const path = decodeURIComponent(request.url ?? '');
      const [, node = '', key = ''] = /^\/_node\/([^/]+)\/_config\/(.+)$/.exec(path) ?? [];
      let body = '';
      for await (const chunk of request) body += chunk;
      const answer = (status: number, json: unknown) =>
        response.writeHead(status, { 'content-type': 'application/json' }).end(`${JSON.stringify(json)}\n`);
      if (this.status !== undefined) return answer(this.status, { error: 'no', reason: 'No.' });
      if (path === '/_membership') return answer(200, { all_nodes: nodes, cluster_nodes: nodes });
      if (!nodes.includes(node)) return answer(404, { error: 'not_found', reason: 'missing' });
      const place = `${node} ${key}`;
      const before = this.values.get(place);
      if (request.method === 'PUT') {
        this.puts.push(`${place} ${body}`);
        this.values.set(place, JSON.parse(body));
        return answer(200, before ?? '');
      }
      return before === undefined
        ? answer(404, { error: 'not_found', reason: 'unknown_config_value' })
        : answer(200, before);
    });
  }

  async listen(): Promise<string> {
    await new Promise<void>((resolve) => this.#server.listen(0, '127.0.0.1', resolve));
    return `http://root:secret@127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  close(): Promise<void> {
    this.#server.closeAllConnections();
    return new Promise((resolve) => this.#server.close(() => resolve()));
  }
}

describe('letting the dashboard’s page read CouchDB', () => {
  let couch: ConfigServer;
  afterEach(() => couch.close());
  async function allow(nodes: readonly string[], prepare: (couch: ConfigServer) => void = () => {}) {
    couch = new ConfigServer(nodes);
    prepare(couch);
    const COUCHDB_URL = await couch.listen();
    const DASHBOARD_COUCHDB_URL = 'https://couch.example.org';
    return (await allowDashboard({ COUCHDB_URL, DASHBOARD_COUCHDB_URL }, PAGE)).join('\n');
  }
  const ONE = ['couchdb@127.0.0.1'];
  const OWN = 'accept-ranges, etag, server, x-couch-request-id, x-couch-update-newrev, x-couchdb-body-time';
  const LINES = `[chttpd]\n  enable_cors = true\n  [cors]\n  origins = ${PAGE}\n  exposed_headers = ${OWN}, date`;

  it('switches it on for this one origin, on each node', async () => {
    const said = await allow(['a@one', 'b@two']);
    expect(couch.puts).to.deep.equal([
      `a@one cors/origins "${PAGE}"`,
      `a@one cors/exposed_headers "${OWN}, date"`,
      'a@one chttpd/enable_cors "true"',
      `b@two cors/origins "${PAGE}"`,
      `b@two cors/exposed_headers "${OWN}, date"`,
      'b@two chttpd/enable_cors "true"',
    ]);
    expect(said).to.equal(
      `CouchDB lets the dashboard’s page on ${PAGE} read: cors.origins = ${PAGE} on a@one, cors.exposed_headers = ${OWN}, date on a@one, chttpd.enable_cors = true on a@one, cors.origins = ${PAGE} on b@two, cors.exposed_headers = ${OWN}, date on b@two, chttpd.enable_cors = true on b@two.`,
    );
  });

  it('adds it to the origins, and the time to the headers, that are there', async () => {
    await allow(ONE, ({ values }) => {
      values.set('couchdb@127.0.0.1 cors/exposed_headers', 'etag,x-ours');
      values.set('couchdb@127.0.0.1 cors/origins', 'https://intranet.example.org,https://bi.example.org');
      values.set('couchdb@127.0.0.1 chttpd/enable_cors', 'true');
    });
    expect(couch.puts).to.deep.equal([
      `couchdb@127.0.0.1 cors/origins "https://intranet.example.org, https://bi.example.org, ${PAGE}"`,
      'couchdb@127.0.0.1 cors/exposed_headers "etag, x-ours, date"',
    ]);
  });

  it('changes nothing if the origin is there, or any page may read, and warns of the latter', async () => {
    const allowed = `CouchDB lets the dashboard’s page on ${PAGE} read: nothing to change.`;
    const warning =
      'CouchDB lets the pages of every origin read (cors.origins = *). The dashboard does not need that: name the origins that do.';
    for (const [origins, words] of [
      [`https://a.example.org, ${PAGE}`, allowed],
      ['*', `${allowed}\n${warning}`],
    ] as const) {
      const said = await allow(ONE, ({ values }) => {
        values.set('couchdb@127.0.0.1 cors/origins', origins);
        values.set('couchdb@127.0.0.1 cors/exposed_headers', 'ETag, Date');
        values.set('couchdb@127.0.0.1 chttpd/enable_cors', 'true');
      });
      expect([couch.puts, said]).to.deep.equal([[], words]);
      if (origins !== '*') await couch.close();
    }
  });

  it('prints the lines for whoever may do it, if the login is no administrator’s, or CouchDB fails', async () => {
    for (const status of [401, 403, 404, 500]) {
      const said = await allow(ONE, (server) => {
        server.status = status;
      });
      expect(said).to.include(LINES);
      expect(said).to.not.include('secret');
      if (status !== 500) await couch.close();
    }
  });

  it('asks nothing without a dashboard or without a ledger', async () => {
    couch = new ConfigServer(ONE);
    const COUCHDB_URL = await couch.listen();
    expect(await allowDashboard({ COUCHDB_URL }, PAGE)).to.deep.equal([]);
    expect(await allowDashboard({ DASHBOARD_COUCHDB_URL: 'https://couch.example.org' }, PAGE)).to.deep.equal([]);
    expect(couch.puts).to.deep.equal([]);
  });
});
