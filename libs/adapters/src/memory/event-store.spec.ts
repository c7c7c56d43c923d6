import {
  checkpointsContract,
  eventStoreContract,
  foreignContextContract,
  type OpenStore,
} from '@liandong/testing';
import { memoryCheckpoints } from './checkpoints.ts';
import { memoryEventStore } from './event-store.ts';

const open: OpenStore = async (seal) => ({ store: memoryEventStore({ seal }), close: async () => {} });
eventStoreContract('memory', open);
foreignContextContract('memory', open);

checkpointsContract('memory', async () => ({ checkpoints: memoryCheckpoints(), close: async () => {} }));
