import { sha256 } from '@liandong/adapters/crypto';
import { disclosuresContract } from '@liandong/testing';
import { disclosureTable, memoryDisclosures } from './disclosures.ts';
import { memoryEventStore } from './event-store.ts';

disclosuresContract('memory', async (seal) => {
  const table = disclosureTable();
  const store = memoryEventStore({ seal, disclosures: table });
  const disclosures = memoryDisclosures(store, table, sha256);
  return { store, erasing: disclosures, receiving: disclosures, close: async () => {} };
});
