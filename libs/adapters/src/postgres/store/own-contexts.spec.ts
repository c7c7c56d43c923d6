import { newStream, testEvents, testSealer, withPostgres } from '@liandong/testing';
import { describe, expect, it } from '@jest/globals';
import type { ServiceName } from '@liandong/kernel';
import { postgresEventStore } from './event-store.ts';
import { openPool } from './pool.ts';

const postgres = withPostgres();

/** The SQLSTATE with which appending as a service fails; `undefined` if it does not. */
const appended = async (service: ServiceName, type: string, events = 1): Promise<string | undefined> => {
  const { urls } = await postgres.tier('431000');
  const pool = openPool(urls[service], { max: 1 });
  try {
    const store = postgresEventStore({ pool, seal: testSealer(service).seal });
    const stream = newStream();
    const all = testEvents(events, { stream, type });
    await store.append(stream, 0, all);
    return undefined;
  } catch (error) {
    return (error as { code?: string }).code;
  } finally {
    await pool.end();
  }
};

describe('the database role of supervision', () => {
  it('appends what supervision says', async () => {
    for (const type of [
      'liandong.card.raised.v1',
      'liandong.calendar.yearPublished.v1',
      'liandong.assessment.scored.v1',
    ])
      expect(await appended('supervision', type)).toBeUndefined();
  });

  it('is refused everything else, in a batch or alone, in every partition', async () => {
    for (const type of ['liandong.case.accepted.v1', 'liandong.ledger.anchored.v1', 'card', '']) {
      expect(await appended('supervision', type)).toBe('42501');
      expect(await appended('supervision', type, 3)).toBe('42501');
    }
  });

  it('is the only one so kept', async () => {
    expect(await appended('approval', 'liandong.case.accepted.v1')).toBeUndefined();
    expect(await appended('exchange', 'liandong.case.accepted.v1', 3)).toBeUndefined();
  });
});
