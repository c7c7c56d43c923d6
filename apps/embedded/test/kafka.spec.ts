import { kafkaEventBus } from '@liandong/adapters/kafka';
import { linkTopics } from '@liandong/contracts';
import type { TierCode } from '@liandong/kernel';
import { withKafka } from '@liandong/testing';
import { afterEach, expect, it } from '@jest/globals';
import { readdirSync, rmSync } from 'node:fs';
import { endAll, familyOf, isAlive, start, temporaryFolder } from './program.ts';

const [city, county, township] = ['431000', '431021', '431021106'] as [TierCode, TierCode, TierCode];
const patience = 240_000;

afterEach(endAll);

withKafka('4.1', (kafka) => {
  it(
    'the main job over Kafka ends with one digest at every tier, every topic carried events of it, and a consumer has read all',
    async () => {
      const temporary = temporaryFolder();
      const brokers = kafka.brokers.join(',');
      const { lines, ended, complaint } = start(['--demo', '--engine', 'kafka', '--brokers', brokers], {
        TMPDIR: temporary,
      });
      // Nothing on stderr either: the driver's timers would warn there.
      expect([await ended, complaint()]).toEqual([0, '']);
      const { equal, caseDigest, events, published } = JSON.parse(lines.at(-1) ?? '') as {
        readonly equal: boolean;
        readonly events: Record<string, number>;
        readonly published: Record<string, number>;
        readonly caseDigest: Record<string, string>;
      };
      expect(equal).toBe(true);
      expect(new Set(Object.values(caseDigest)).size).toBe(1);
      for (const tier of [city, county, township]) {
        expect(events[tier]).toBeGreaterThan(100);
        // The store may have grown before it was compared with the topic.
        expect(published[tier]).toBeGreaterThanOrEqual(events[tier] ?? Number.NaN);
      }
      const bus = kafkaEventBus({ brokers: kafka.brokers, clientId: 'onlooker' });
      try {
        for (const { topic } of [...linkTopics(county, city), ...linkTopics(township, county)])
          expect((await bus.reach(topic))[0]?.next).toBeGreaterThan(10n);
      } finally {
        await bus.close();
      }
      rmSync(temporary, { recursive: true });
    },
    patience,
  );

  it(
    'brings a broker of its own where none is named, and takes it along when it is told to stop',
    async () => {
      const temporary = temporaryFolder();
      const { child, says, ended, complaint } = start(['--demo', '--engine', 'kafka'], { TMPDIR: temporary });
      await says(/^\[ 2\//);
      const family = familyOf(child.pid ?? 0);
      child.kill('SIGINT');
      expect([await ended, complaint()]).toEqual([130, '']);
      expect(family.filter(isAlive)).toEqual([]);
      expect(readdirSync(temporary)).toEqual([]);
      rmSync(temporary, { recursive: true });
    },
    patience,
  );
});
