import { afterAll, beforeAll, describe, it } from '@jest/globals';
import { execFileSync } from 'node:child_process';
import { GenericContainer, type StartedTestContainer, Wait } from 'testcontainers';

/** The last line of EventStoreDB under a free licence. */
const image = 'eventstore/eventstore:24.6.0-bookworm-slim';

/** A real server: one that was given, or one in a container. */
export type TestKurrent = { readonly url: string };

/** A server to test against instead of a container. Set by `npm run test:kurrent`. */
const given = process.env['TEST_KURRENT_URL'];

const hasDocker = (): boolean => {
  try {
    execFileSync('docker', ['info'], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
};

/**
 * Runs the suite on a real EventStoreDB or KurrentDB. Where there is none it says so loudly and
 * is no failure, since none can be had; what passed on the fake is never said to have run on it.
 */
export const withKurrent = (suite: (server: TestKurrent) => void): void => {
  if (given !== undefined) {
    describe('on the KurrentDB that was given', () => suite({ url: given }));
    return;
  }
  if (!hasDocker()) {
    describe('NOT RUN on a real KurrentDB: there is no Docker, and npm run test:kurrent gave no server', () => {
      it('is said loudly', () => {
        process.stderr.write(
          '\n未在真实的 KurrentDB 上运行。\nNOT RUN on a real KurrentDB or EventStoreDB: only a fake server was used.\n',
        );
      });
    });
    return;
  }
  describe(`on ${image}`, () => {
    let container: StartedTestContainer | undefined;
    beforeAll(async () => {
      container = await new GenericContainer(image)
        .withExposedPorts(2113)
        .withEnvironment({
          EVENTSTORE_CLUSTER_SIZE: '1',
          EVENTSTORE_INSECURE: 'true',
          EVENTSTORE_RUN_PROJECTIONS: 'None',
          EVENTSTORE_TELEMETRY_OPTOUT: 'true',
        })
        .withWaitStrategy(Wait.forHttp('/health/live', 2113).forStatusCode(204))
        .start();
    }, 300_000);
    afterAll(async () => void (await container?.stop()), 60_000);
    suite({
      get url() {
        if (container === undefined) throw new Error('the server starts before the first test, not before');
        return `esdb://${container.getHost()}:${container.getMappedPort(2113)}?tls=false`;
      },
    });
  });
};
