import { expect, it } from '@jest/globals';
import { type Position, type Recorded, start } from '@liandong/application';
import { testSealer, testEvents, newStream } from '@liandong/testing';
import { memoryEventStore } from '../memory/index.ts';
import { kindsPage } from './kinds-page.ts';

it('passes over nothing that is written between its two questions', async () => {
  const store = memoryEventStore({ seal: testSealer().seal });
  const write = async () => {
    const stream = newStream();
    await store.append(stream, 0, testEvents(1, { stream }));
  };
  const written = () => store.readAll(start, 100);
  const seen: Recorded[] = [];
  let through: Position = start;
  for (let n = 0; n < 4; n++) {
    const page = await kindsPage(
      through,
      100,
      async () => {
        await write();
        const last = (await written()).at(-1)?.position ?? start;
        await write();
        return last;
      },
      async () => {
        const page = await store.readAll(through, 100);
        await write();
        return page;
      },
    );
    seen.push(...page.events);
    ({ through } = page);
  }
  expect(seen).toEqual((await written()).slice(0, -1));
});
