import { startStore } from '../../../../local/store/start-store.ts';

// Run as a process by StoreProcess: prints its URL when it is ready, and stops by SIGTERM.
const [port, directory = '', name = '', password = ''] = process.argv.slice(2);
const store = await startStore({ port: Number(port), directory, admin: { name, password } });
process.once('SIGTERM', () => void store.close());
console.log(store.url);
