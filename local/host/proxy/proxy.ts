/**
 * The program that runs in an action's container, which is a child process of the local host (an OpenWhisk without
 * Docker, for `npm start` and the tests). `POST /init` loads the action's code, and `POST /run` runs it. It does the
 * work of the proxy in OpenWhisk's Node runtime.
 *
 * The host bundles this file as plain JavaScript, and starts it with `node`. The start is part of each cold start. So
 * this file imports only what every action needs.
 */
import http from 'node:http';
import { createRequire } from 'node:module';
import net from 'node:net';
import path from 'node:path';
import vm from 'node:vm';

// Printed at the end of a run, and of an `/init` that failed. So the host knows where the log of an activation ends.
const SENTINEL = 'XXX_THE_END_OF_A_WHISK_ACTIVATION_XXX\n';
// An action can replace `process.stdout.write`. So the original functions are kept here.
const writeOut = process.stdout.write.bind(process.stdout);
const writeErr = process.stderr.write.bind(process.stderr);

type Main = (params: unknown) => unknown;
interface InitMessage {
  readonly main: string;
  readonly code: string;
  readonly binary: boolean;
  readonly env: Readonly<Record<string, string>>;
}
interface Reply {
  readonly status: number;
  readonly body: string;
}

let userMain: Main | undefined;
let isStopped = false;

const errorReply = (status: number, error: string): Reply => ({ status, body: JSON.stringify({ error }) });

function writeSentinels(): void {
  writeOut(SENTINEL);
  writeErr(SENTINEL);
}

/** Runs the code, and finds `main` in its scope or in its exports. */
function loadText(code: string, main: string): unknown {
  const module: { exports: Record<string, unknown> } = { exports: {} };
  const filename = path.resolve('action.js');
  // If the scope has no `main`, a ReferenceError comes. Then the exports count.
  const find = `try { return ${main}; } catch (e) { if (!(e instanceof ReferenceError)) throw e; }`;
  // The last option lets the code use `import()`.
  const evaluate = vm.compileFunction(
    `${code}\n;${find}\nreturn module.exports.${main};`,
    ['exports', 'require', 'module', '__filename', '__dirname'],
    { filename, importModuleDynamically: vm.constants.USE_MAIN_CONTEXT_DEFAULT_LOADER },
  );
  return evaluate(module.exports, createRequire(filename), module, filename, path.resolve());
}

/**
 * Unpacks an archive, and finds `main` in it. `foo` means an export of the package, and `file.foo` an export of its
 * module `file`.
 */
async function loadArchive(base64: string, main: string): Promise<unknown> {
  const folder = path.resolve('action');
  // Imported only if it is needed, so that other actions start faster.
  const { unpack } = await import('./unpack.ts');
  const fileNames = unpack(Buffer.from(base64, 'base64'), folder);
  if (!fileNames.includes('package.json') && !fileNames.includes('index.js')) {
    throw 'Zipped actions must contain either package.json or index.js at the root.';
  }
  process.chdir(folder);
  const [first = '', ...rest] = main.split('.');
  const load = createRequire(path.join(folder, 'index.js'));
  const [target, member] = rest.length === 0 ? [folder, first] : [path.join(folder, first), rest.join('.')];
  return load(target)[member];
}

async function init(message: InitMessage): Promise<Reply> {
  if (userMain !== undefined || isStopped) return errorReply(403, 'Cannot initialize the action more than once.');
  Object.assign(process.env, message.env);
  try {
    const loaded = message.binary
      ? await loadArchive(message.code, message.main)
      : loadText(message.code, message.main);
    if (typeof loaded !== 'function') throw `Action entrypoint '${message.main}' is not a function.`;
    userMain = loaded as Main;
    return { status: 200, body: '{"OK":true}' };
  } catch (error) {
    isStopped = true;
    console.error('Error during initialization:', error);
    writeSentinels();
    const text = error instanceof Error && error.stack !== undefined ? error.stack : String(error);
    return errorReply(502, `Initialization has failed due to: ${text}`);
  }
}

/**
 * A thrown value as plain data. An Error keeps its name, message, stack and enumerable properties. Functions are left
 * out, and a cycle becomes `[Circular]`.
 */
function toPlain(value: unknown, seen: readonly unknown[] = []): unknown {
  if (typeof value === 'function') return undefined;
  if (typeof value !== 'object' || value === null) return value;
  if (seen.includes(value)) return '[Circular]';
  if (Buffer.isBuffer(value)) return '[object Buffer]';
  const inner = [...seen, value];
  if (Array.isArray(value)) return value.map((item) => toPlain(item, inner));
  const { name, message, stack } = value as Partial<Error>;
  const named = value instanceof Error ? { name, message, stack } : {};
  return Object.fromEntries(Object.entries({ ...named, ...value }).map(([key, item]) => [key, toPlain(item, inner)]));
}

async function settle(pending: unknown): Promise<unknown> {
  try {
    const result = await pending;
    return result === undefined ? {} : result;
  } catch (error) {
    return { error: error ? toPlain(error) : {} };
  }
}

async function run(message: Readonly<Record<string, unknown>>): Promise<Reply> {
  if (userMain === undefined || isStopped) return errorReply(500, 'Internal system error: container not ready.');
  for (const [key, value] of Object.entries(message)) {
    if (typeof value === 'string' && key !== 'value') process.env[`__OW_${key.toUpperCase()}`] = value;
  }
  let pending: unknown;
  try {
    pending = userMain(message['value']);
  } catch (error) {
    // OpenWhisk's runtime takes an error that `main` itself throws (no rejected promise) for its own failure, and stops
    // (fact ow-results-07).
    isStopped = true;
    console.error(error);
    return errorReply(502, `An error has occurred: ${error}`);
  }
  return toReply(await settle(pending));
}

function toReply(result: unknown): Reply {
  if (typeof result !== 'object') {
    console.error(`Result must be of type object but has type "${typeof result}":`, result);
    return errorReply(502, 'The action did not return a dictionary.');
  }
  try {
    return { status: 200, body: JSON.stringify(result) };
  } catch {
    return errorReply(502, 'Internal error.');
  }
}

async function answer(url: string | undefined, message: unknown): Promise<Reply> {
  if (url === '/init') return init((message as { value: InitMessage }).value);
  if (url !== '/run') return errorReply(500, 'Bad request.');
  const reply = await run(message as Readonly<Record<string, unknown>>);
  writeSentinels();
  return reply;
}

const server = http.createServer((request, response) => {
  const chunks: Buffer[] = [];
  request.on('data', (chunk: Buffer) => chunks.push(chunk));
  request.on('end', async () => {
    const { status, body } = await answer(request.url, JSON.parse(Buffer.concat(chunks).toString()));
    response.writeHead(status, { 'content-type': 'application/json', 'content-length': Buffer.byteLength(body) });
    response.end(body);
  });
});
// No timeouts: the host keeps one connection for the container's whole life, even while the container is frozen.
server.keepAliveTimeout = 0;
server.requestTimeout = 0;
server.headersTimeout = 0;

// File descriptor 3 is a pipe to the host. This program writes one byte when it is ready. If the host ends, the pipe is
// closed, and this program ends, too. The argument of the program is the path of its socket.
const lifeline = new net.Socket({ fd: 3, readable: true, writable: true });
const die = (): void => {
  process.kill(process.pid, 'SIGKILL');
};
lifeline.on('error', die).on('close', die).resume();
server.listen(process.argv[2], () => lifeline.write('r'));
