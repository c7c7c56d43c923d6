import { viewsContract } from '@liandong/testing';
import { memoryViews } from './views.ts';

viewsContract('memory', async () => {
  const views = memoryViews();
  return { views, writer: views, close: () => Promise.resolve() };
});
