import { once } from 'node:events';
import { NestFactory } from '@nestjs/core';
import { describe, expect, it } from '@jest/globals';
import { type Follower, FollowerRunner, FollowersModule } from './followers.module.ts';

const start = async (...followers: Follower[]) => {
  const app = await NestFactory.createApplicationContext(
    FollowersModule.with(followers, { firstPauseMs: 1 }),
    {
      logger: false,
    },
  );
  return { runner: app.get(FollowerRunner), close: () => app.close() };
};

const untilAborted = (signal: AbortSignal) => once(signal, 'abort').then(() => undefined);

describe('the followers of a service', () => {
  it('run until the service stops, and end their work before it does', async () => {
    const seen: string[] = [];
    const started = Promise.withResolvers<void>();
    const { close } = await start({
      name: 'views',
      run: async (signal) => {
        started.resolve();
        await untilAborted(signal);
        await new Promise(setImmediate);
        seen.push('saved');
      },
    });
    await started.promise;
    expect(seen).toEqual([]);
    await close();
    expect(seen).toEqual(['saved']);
  });

  it('are started again when they fail, while the others go on', async () => {
    let runs = 0;
    let otherRuns = 0;
    const third = Promise.withResolvers<void>();
    const { runner, close } = await start(
      {
        name: 'flaky',
        run: async (signal) => {
          runs += 1;
          if (runs < 3) throw new Error('connection lost');
          third.resolve();
          await untilAborted(signal);
        },
      },
      {
        name: 'steady',
        run: async (signal) => {
          otherRuns += 1;
          await untilAborted(signal);
        },
      },
    );
    await third.promise;
    expect(runs).toBe(3);
    expect(otherRuns).toBe(1);
    expect(runner.failures()['flaky']).toContain('connection lost');
    await close();
  });

  it('that fail while stopping do not start again', async () => {
    let runs = 0;
    const { close } = await start({
      name: 'views',
      run: async (signal) => {
        runs += 1;
        await untilAborted(signal);
        throw new Error('closed under way');
      },
    });
    await close();
    expect(runs).toBe(1);
  });
});
