import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { demoTier } from '@liandong/adapters/reference';
import type { Directory } from '@liandong/domain/directory';
import {
  departmentDecider,
  departmentStream,
  emptyDirectory,
  evolveDirectory,
  tierDecider,
  tierStream,
} from '@liandong/domain/directory';
import { type Counter, openCounter, visitor } from '../../test/counter.ts';
import { city, county } from '../../test/sample-case.ts';
import { DepartmentAnswer, TierAnswer } from './directory-answers.ts';

/** A real county and its city, as the commands that found them make them. */
const founded = (): Directory => {
  let directory = emptyDirectory;
  for (const code of [city, county]) {
    const demo = demoTier('test.example', code);
    if (demo === undefined) throw new Error('the division is not known');
    const deeds = [
      { stream: tierStream(code), decider: tierDecider, commands: demo.founding },
      ...demo.departments.map(({ department, commands }) => ({
        stream: departmentStream(code, department),
        decider: departmentDecider,
        commands,
      })),
    ] as const;
    for (const { stream, decider, commands } of deeds) {
      let state: unknown = decider.initial;
      for (const command of commands) {
        const decided = decider.decide(command as never, state as never);
        if (!decided.ok) throw new Error(decided.refusal.code);
        for (const fact of decided.value as readonly object[]) {
          state = decider.evolve(state as never, fact as never);
          directory = evolveDirectory(directory, stream, fact as never);
        }
      }
    }
  }
  return directory;
};

let counter: Counter;
beforeAll(async () => {
  const directory = founded();
  counter = await openCounter(() => ({ directory: async () => directory }));
});
afterAll(() => counter.close());

const get = (path: string) => visitor(counter, 'applicant').get(path);

describe('the directory at the counter', () => {
  it('says what tier this is, and which others there are', async () => {
    const own = TierAnswer.parse((await get('/v1/tier')).body);
    expect(own).toMatchObject({ tier: county, level: 'county', parent: city, demonstration: true });
    const { items } = (await get('/v1/tiers')).body as { items: unknown[] };
    expect(items.map((item) => TierAnswer.parse(item).tier)).toEqual([city, county]);
  });

  it('names departments and windows, and counts the staff without naming anyone', async () => {
    const { items } = (await get(`/v1/departments?tier=${county}`)).body as { items: unknown[] };
    const departments = items.map((item) => DepartmentAnswer.parse(item));
    expect(departments.length).toBeGreaterThan(3);
    expect(departments.every(({ tier }) => tier === county)).toBe(true);
    expect(departments.some(({ windows }) => windows.length > 0)).toBe(true);
    expect(departments.some(({ staff }) => staff > 0)).toBe(true);
    const all = (await get('/v1/departments')).body as { items: unknown[] };
    expect(all.items.length).toBeGreaterThan(items.length);
    expect((await get('/v1/departments?tier=nowhere')).status).toBe(422);
  });
});
