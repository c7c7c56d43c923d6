import { describe, expect, it } from '@jest/globals';
import { memoryParking } from '@liandong/adapters/memory';
import type { StreamName } from '@liandong/kernel';
import { testClock } from '../../test/sample-network.ts';
import { trial, untilStopped } from '../../test/trying.ts';
import type { Position } from '../ports/event-store.ts';
import { patience, persevere, reasonOf } from './persevere.ts';
import { redriver, type Retry } from './redrive.ts';

const clock = testClock();
const stream = 'case-one' as StreamName;
const at = (position: number) => BigInt(position) as Position;

describe('the reason of a failure', () => {
  it.each<[string, unknown, string]>([
    ['an error', new RangeError('too far'), 'RangeError: too far'],
    ['what is no error', 'gone', 'gone'],
    ['text that a database does not keep', new Error('a\u0000b\n\tc \ud800.'), 'Error: a b c  .'],
    ['a long text', new Error('x'.repeat(9_000)), `Error: ${'x'.repeat(493)}`],
    ['a long text that ends within a character', new Error(`${'x'.repeat(492)}\u{20000}`), expect.anything()],
  ] as never)('of %s is one line of plain text', (_, error, reason) => {
    expect(reasonOf(error)).toEqual(reason);
    expect(reasonOf(error).isWellFormed()).toBe(true);
    expect(reasonOf(error).length).toBeLessThanOrEqual(500);
  });
});

describe('trying again', () => {
  it('counts only failures beside which everything else answers', async () => {
    const { trying, pauses } = trial(clock);
    let tries = 0;
    const attempt = () => {
      tries += 1;
      return Promise.reject(new Error('failed'));
    };
    const answers = async () => {
      if (tries === 3) throw new Error('away');
    };
    await expect(persevere(trying, untilStopped, answers, attempt)).rejects.toThrow('away');
    expect(pauses).toEqual([200, 400]);
    tries = 3;
    expect(await persevere(trying, untilStopped, answers, attempt)).toMatchObject({
      refusal: { reason: 'Error: failed', at: clock.now().toISOString() },
    });
    expect(tries).toBe(3 + patience.tries);
  });
});

describe('a handler that is to stop', () => {
  const answers = async () => undefined;

  it('does not try once more after its pause', async () => {
    const stop = new AbortController();
    const { trying } = trial(clock);
    let tries = 0;
    const attempt = () => {
      tries += 1;
      return Promise.reject(new Error('failed'));
    };
    const stopping = { ...trying, wait: async () => stop.abort(new Error('stopping')) };
    await expect(persevere(stopping, stop.signal, answers, attempt)).rejects.toThrow('stopping');
    expect(tries).toBe(1);
  });

  it('gives nothing up that fails while it stops', async () => {
    const stop = new AbortController();
    const { trying } = trial(clock);
    let tries = 0;
    const attempt = () => {
      if (++tries === patience.tries) stop.abort(new Error('stopping'));
      return Promise.reject(new Error('closed'));
    };
    await expect(persevere(trying, stop.signal, answers, attempt)).rejects.toThrow('stopping');
  });
});

describe('an operator who has parked streams tried again', () => {
  const never: Retry = () => Promise.reject(new Error('not asked for'));
  const opened = async (views: (parking: ReturnType<typeof memoryParking>) => Retry) => {
    const parking = memoryParking();
    const failure = { stream, through: at(1), reason: 'failed', at: clock.now().toISOString() };
    await parking.park('coordinator', failure);
    const retries = { views: never, coordinator: views(parking), deadlines: never, calendar: never };
    return { parking, redrive: redriver({ parking, clock, retries }) };
  };

  it('is told to come back when later events never stop coming', async () => {
    let tries = 0;
    const { parking, redrive } = await opened((parking) => async () => {
      tries += 1;
      await parking.hold('coordinator', [{ stream, through: at(1 + tries) }]);
      return false;
    });
    expect(await redrive()).toEqual([{ handler: 'coordinator', stream, state: 'parked', reason: 'failed' }]);
    expect(tries).toBe(5);
    expect([...(await parking.parkedStreams('coordinator'))]).toEqual([stream]);
  });

  it('is told that it is still parked when it could not be let go', async () => {
    let tries = 0;
    const { redrive } = await opened(() => async () => {
      tries += 1;
      return false;
    });
    expect(await redrive()).toMatchObject([{ state: 'parked', reason: 'failed' }]);
    expect(tries).toBe(1);
  });

  it('is told that it is let go when another has done so meanwhile', async () => {
    const { redrive } = await opened((parking) => async ({ through }) => {
      await parking.release('coordinator', stream, through);
      return false;
    });
    expect(await redrive()).toEqual([{ handler: 'coordinator', stream, state: 'released' }]);
  });

  it('does not have it parked again by a failure beside another who let it go', async () => {
    const { parking, redrive } = await opened((parking) => async ({ through }) => {
      await parking.release('coordinator', stream, through);
      throw new Error('failed again');
    });
    await redrive();
    expect([...(await parking.parkedStreams('coordinator'))]).toEqual([]);
  });
});
