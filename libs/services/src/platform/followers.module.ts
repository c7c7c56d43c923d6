import { setTimeout as wait } from 'node:timers/promises';
import {
  type DynamicModule,
  Inject,
  Injectable,
  Logger,
  Module,
  type OnApplicationBootstrap,
  type OnApplicationShutdown,
} from '@nestjs/common';

/**
 * Work that goes on beside the doors: it reads the store from where it left off. `run`
 * ends when `signal` aborts, and may be called again after it failed.
 */
export type Follower = { readonly name: string; readonly run: (signal: AbortSignal) => Promise<void> };

export type FollowerOptions = {
  /** The first pause after a failure; it doubles with each one that follows, up to `longestPauseMs`. */
  readonly firstPauseMs?: number;
  readonly longestPauseMs?: number;
};

const FOLLOWERS = Symbol('Followers');
const OPTIONS = Symbol('FollowerOptions');

/**
 * Keeps a service's followers running. One that fails is started again after a pause,
 * the others go on meanwhile. They stop after the doors have closed, so that what the
 * last requests recorded is still seen.
 */
@Injectable()
export class FollowerRunner implements OnApplicationBootstrap, OnApplicationShutdown {
  readonly #followers: readonly Follower[];
  readonly #options: FollowerOptions;
  readonly #logger = new Logger(FollowerRunner.name);
  readonly #stop = new AbortController();
  readonly #failures = new Map<string, string>();
  #running: readonly Promise<void>[] = [];

  constructor(@Inject(FOLLOWERS) followers: readonly Follower[], @Inject(OPTIONS) options: FollowerOptions) {
    this.#followers = followers;
    this.#options = options;
  }

  onApplicationBootstrap() {
    this.#running = this.#followers.map((follower) => this.#keepRunning(follower));
  }

  async onApplicationShutdown() {
    this.#stop.abort();
    await Promise.all(this.#running);
  }

  /** The last error of each follower that ever failed since the service started. */
  failures(): Readonly<Record<string, string>> {
    return Object.fromEntries(this.#failures);
  }

  async #keepRunning({ name, run }: Follower) {
    const { signal } = this.#stop;
    const { firstPauseMs = 200, longestPauseMs = 30_000 } = this.#options;
    for (let pause = firstPauseMs; !signal.aborted; pause = Math.min(2 * pause, longestPauseMs)) {
      const began = performance.now();
      try {
        await run(signal);
      } catch (thrown) {
        if (signal.aborted) return;
        const reason = thrown instanceof Error ? (thrown.stack ?? thrown.message) : String(thrown);
        this.#failures.set(name, reason);
        this.#logger.error(`${name} failed and starts again: ${reason}`);
      }
      if (performance.now() - began > longestPauseMs) pause = firstPauseMs;
      await wait(pause, undefined, { signal }).catch(() => undefined);
    }
  }
}

@Module({})
export class FollowersModule {
  static with(followers: readonly Follower[], options: FollowerOptions = {}): DynamicModule {
    return {
      module: FollowersModule,
      providers: [
        { provide: FOLLOWERS, useValue: followers },
        { provide: OPTIONS, useValue: options },
        FollowerRunner,
      ],
      exports: [FollowerRunner],
    };
  }
}
