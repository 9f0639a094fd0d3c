import { MemoryDisk, openMemoryStore } from '../../src/release/memory.ts';
import { storeContract } from '../contract/store.ts';

storeContract('the memory store', async () => {
  const disk = new MemoryDisk();
  return { open: (options) => openMemoryStore({ disk, ...options }) };
});
