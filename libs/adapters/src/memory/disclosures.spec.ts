import { disclosuresContract } from '@liandong/testing';
import { disclosureTable, memoryDisclosures } from './disclosures.ts';
import { memoryEventStore } from './event-store.ts';

disclosuresContract('memory', async (seal) => {
  const table = disclosureTable();
  const store = memoryEventStore({ seal, disclosures: table });
  const disclosures = memoryDisclosures(store, table);
  return { store, erasing: disclosures, receiving: disclosures, close: async () => {} };
});
