import { describe, expect, it } from '@jest/globals';
import { type Cell, type Gauge, playRounds } from './rounds.ts';

const quiet: Gauge = { take: () => 2, best: () => 2 };

const counting = (name: string, log: string[], rate = () => 1): Cell => ({
  name,
  measure: async () => {
    log.push(name);
    return { rate: rate() };
  },
});

describe('rounds', () => {
  it('warm every cell up once, then turn the order round each time', async () => {
    const log: string[] = [];
    const cells = ['A', 'B', 'C'].map((name) => counting(name, log));
    const rounds = await playRounds(cells, { rounds: 3, gauge: quiet });
    expect(log.join('')).toBe('ABC' + 'ABC' + 'CBA' + 'ABC');
    expect(rounds.map(({ order }) => order.join(''))).toEqual(['ABC', 'CBA', 'ABC']);
  });

  it('throw the warm-up away', async () => {
    let n = 0;
    const rounds = await playRounds([counting('A', [], () => ++n)], { rounds: 2, gauge: quiet });
    expect(rounds.map(({ figures }) => figures['A']?.['rate'])).toEqual([2, 3]);
  });

  it('gauge the noise before each cell, against the best of the run', async () => {
    const takes = [4, 2, 3, 2];
    const gauge: Gauge = { take: () => takes.shift() ?? 0, best: () => 2 };
    const cells = [counting('A', []), counting('B', [])];
    const rounds = await playRounds(cells, { rounds: 2, gauge });
    expect(rounds.map(({ noise }) => noise)).toEqual([
      { A: 2, B: 1 },
      { B: 1.5, A: 1 },
    ]);
  });

  it.each([0, Number.NaN, -3, Number.POSITIVE_INFINITY])(
    'end at a cell that measures %d',
    async (nothing) => {
      const first = counting('A', [], () => nothing);
      await expect(playRounds([first], { rounds: 7, gauge: quiet })).rejects.toThrow('A rate measured');
      let n = 0;
      const later = counting('A', [], () => (++n < 3 ? 1 : nothing));
      await expect(playRounds([later], { rounds: 7, gauge: quiet })).rejects.toThrow('A rate measured');
    },
  );

  it('end at a cell whose result is not what it should be', async () => {
    const lost: Cell = { name: 'A', measure: () => Promise.reject(new Error('12 events are missing')) };
    await expect(playRounds([lost], { rounds: 7, gauge: quiet })).rejects.toThrow('12 events are missing');
  });

  it('end at a cell that measures nothing, and at two cells of one name', async () => {
    const silent: Cell = { name: 'A', measure: async () => ({}) };
    await expect(playRounds([silent], { rounds: 1, gauge: quiet })).rejects.toThrow('measured nothing');
    const twins = [counting('A', []), counting('A', [])];
    await expect(playRounds(twins, { rounds: 1, gauge: quiet })).rejects.toThrow('one name');
  });
});
