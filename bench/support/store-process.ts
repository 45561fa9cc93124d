/** An embedded store in a process of its own, on disk. */
import { once } from 'node:events';
import { startStore } from '../../local/store/start-store.ts';
import type { StoreReady, StoreWanted } from './processes.ts';

const [wanted] = (await once(process, 'message')) as [StoreWanted];
const store = await startStore(wanted);
process.once('disconnect', () => void store.close());
process.send?.({ url: store.url } satisfies StoreReady);
