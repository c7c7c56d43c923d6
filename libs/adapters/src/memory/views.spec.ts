import { viewsContract } from '@liandong/testing';
import { memoryParking, parkedTable } from './parking.ts';
import { memoryViews } from './views.ts';

viewsContract('memory', async () => {
  const parked = parkedTable();
  const views = memoryViews(parked);
  return { views, writer: views, parking: memoryParking(parked), close: () => Promise.resolve() };
});
