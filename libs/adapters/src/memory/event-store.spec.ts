import { checkpointsContract, eventStoreContract } from '@liandong/testing';
import { memoryCheckpoints } from './checkpoints.ts';
import { memoryEventStore } from './event-store.ts';

eventStoreContract('memory', async (seal) => ({ store: memoryEventStore({ seal }), close: async () => {} }));

checkpointsContract('memory', async () => ({ checkpoints: memoryCheckpoints(), close: async () => {} }));
