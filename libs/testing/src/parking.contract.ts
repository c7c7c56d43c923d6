import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { FollowerName, Page, PageRequest, ParkedStream, Parking, Position } from '@liandong/application';
import type { StreamName } from '@liandong/kernel';

export type OpenParking = () => Promise<{
  readonly parking: Parking;
  /** What another process finds, or this one after a crash. */
  readonly reopened: () => Promise<Parking>;
  readonly close: () => Promise<void>;
}>;

const at = (position: number | bigint) => BigInt(position) as Position;
const minute = (n: number) => new Date(Date.UTC(2026, 2, 2, 1, n)).toISOString();

/** Every promise of the port `Parking`. */
export const parkingContract = (name: string, open: OpenParking): void => {
  describe(`parking in ${name}`, () => {
    let parking: Parking;
    let reopened: () => Promise<Parking>;
    let close = async () => {};
    let streams = 0;

    beforeAll(async () => ({ parking, reopened, close } = await open()));
    afterAll(() => close());

    const newStream = () => `case-${(++streams).toString(16).padStart(32, '0')}` as StreamName;
    const park = async (
      stream = newStream(),
      handler: FollowerName = 'coordinator',
      through = 1,
      when = 1,
      reason = 'the desk failed',
    ) => {
      await parking.park(handler, { stream, through: at(through), reason, at: minute(when) });
      return stream;
    };
    const found = async (stream: StreamName, of: Parking = parking) =>
      (await of.list({ stream }, { limit: 9 })).rows;
    const all = async (list: (page: PageRequest) => Promise<Page<ParkedStream>>, limit: number) => {
      const rows: ParkedStream[] = [];
      for (let after: string | undefined; ;) {
        const page = await list({ limit, ...(after !== undefined && { after }) });
        expect(page.rows.length).toBeLessThanOrEqual(limit);
        rows.push(...page.rows);
        if (page.next === undefined) return rows;
        after = page.next;
      }
    };

    it('keeps what was parked, and why, also for who comes after a crash', async () => {
      const stream = newStream();
      const reason = '折叠失败：\u{20000} “quoted” \\ {braces}, commas';
      const through = at(9_007_199_254_740_993n);
      await parking.park('coordinator', { stream, through, reason, at: minute(3) });
      const expected: ParkedStream = {
        ...{ handler: 'coordinator', stream, reason, through },
        ...{ since: minute(3), triedAt: minute(3), attempts: 1 },
      };
      const later = await reopened();
      expect(await found(stream, later)).toStrictEqual([expected]);
      expect((await later.parkedStreams('coordinator')).has(stream)).toBe(true);
    });

    it('parks for each handler apart', async () => {
      const stream = await park();
      expect((await parking.parkedStreams('deadlines')).has(stream)).toBe(false);
      expect((await parking.parkedStreams('views')).has(stream)).toBe(false);
      await park(stream, 'deadlines');
      expect((await found(stream)).map(({ handler }) => handler)).toEqual(['coordinator', 'deadlines']);
      expect(await parking.release('coordinator', stream, at(1))).toBe(true);
      expect((await found(stream)).map(({ handler }) => handler)).toEqual(['deadlines']);
    });

    it('keeps since when a stream is parked, takes the new reason, and never waits for less', async () => {
      const stream = await park(newStream(), 'coordinator', 7, 1);
      await park(stream, 'coordinator', 5, 4, 'it failed otherwise');
      expect(await found(stream)).toMatchObject([
        {
          ...{ since: minute(1), triedAt: minute(4), reason: 'it failed otherwise' },
          ...{ attempts: 2, through: at(7) },
        },
      ]);
    });

    it('lets later events wait behind parked streams, and names those that are', async () => {
      const [one, two] = [await park(), await park(newStream(), 'deadlines')];
      const waiting = [one, two, newStream()].map((stream) => ({ stream, through: at(8) }));
      expect(await parking.hold('coordinator', waiting)).toEqual(new Set([one]));
      expect(await found(one)).toMatchObject([{ through: at(8), attempts: 1, triedAt: minute(1) }]);
      expect(await found(two)).toMatchObject([{ through: at(1) }]);
      expect(await parking.hold('coordinator', [{ stream: one, through: at(3) }])).toEqual(new Set([one]));
      expect(await found(one)).toMatchObject([{ through: at(8) }]);
      expect(await parking.hold('coordinator', [])).toEqual(new Set());
    });

    it('does not let a stream go while an event waits that was not handled', async () => {
      const stream = await park();
      await parking.hold('coordinator', [{ stream, through: at(2) }]);
      expect(await parking.release('coordinator', stream, at(1))).toBe(false);
      expect(await found(stream)).toHaveLength(1);
      expect(await parking.release('coordinator', stream, at(2))).toBe(true);
      expect(await found(stream)).toEqual([]);
      expect(await parking.release('coordinator', stream, at(2))).toBe(false);
      expect(await parking.hold('coordinator', [{ stream, through: at(3) }])).toEqual(new Set());
    });

    it('lets one of two who redrive at once let it go', async () => {
      const stream = await park();
      const outcomes = await Promise.all([1, 2, 3].map(() => parking.release('coordinator', stream, at(1))));
      expect(outcomes.filter(Boolean)).toHaveLength(1);
    });

    it('keeps the reason of a try in vain, and does not park again what was let go', async () => {
      const stream = await park();
      await parking.keep('coordinator', stream, 'still failing', minute(9));
      expect(await found(stream)).toMatchObject([
        { reason: 'still failing', since: minute(1), triedAt: minute(9), attempts: 2, through: at(1) },
      ]);
      await parking.release('coordinator', stream, at(1));
      await parking.keep('coordinator', stream, 'still failing', minute(9));
      expect(await found(stream)).toEqual([]);
    });

    it('lists those first that were not tried for longest, page by page, each once', async () => {
      for (const { handler, stream, through } of await all((page) => parking.list({}, page), 9))
        if (handler !== 'views') await parking.release(handler, stream, through);
      const [late, early, middle] = [
        await park(newStream(), 'coordinator', 1, 30),
        await park(newStream(), 'deadlines', 1, 10),
        await park(newStream(), 'coordinator', 1, 20),
      ];
      const twin = await park(middle, 'deadlines', 1, 20);
      const names = async (filter: object, limit: number) =>
        (await all((page) => parking.list(filter, page), limit)).map(
          ({ handler, stream }) => `${handler} ${stream}`,
        );
      const inOrder = [
        `deadlines ${early}`,
        `coordinator ${middle}`,
        `deadlines ${twin}`,
        `coordinator ${late}`,
      ];
      for (const limit of [1, 2, 3, 4]) expect(await names({}, limit)).toEqual(inOrder);
      expect(await names({ handler: 'coordinator' }, 1)).toEqual([inOrder[1], inOrder[3]]);
      expect(await names({ handler: 'deadlines', stream: twin }, 5)).toEqual([inOrder[2]]);
      await parking.keep('deadlines', early, 'again', minute(40));
      expect(await names({}, 2)).toEqual([...inOrder.slice(1), inOrder[0]]);
      for (const after of ['', 'x', '[]', '["a","b","c"]', '["2026-13-99T00:00:00.000Z","x","y"]'])
        expect(await parking.list({}, { limit: 5, after })).toEqual({ rows: [] });
    });
  });
};
