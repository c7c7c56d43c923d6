import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { busEventTopic, type KafkaBus, kafkaEventBus } from '@liandong/adapters/kafka';
import { sha256 } from '@liandong/adapters/crypto';
import { migrateViews, postgresViews, viewsDataSource } from '@liandong/adapters/postgres-views';
import { start, type TopicEntry } from '@liandong/application';
import { parseTierConfig, type TierConfig, tierTopicPlan } from '@liandong/contracts';
import type { TierCode } from '@liandong/kernel';
import { kafkaVersions, withKafka, withPostgres } from '@liandong/testing';
import { randomUUID } from 'node:crypto';
import { chmodSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { type RunningApproval, startApproval } from './approval.ts';
import { type RunningExchange, startExchange } from './exchange.ts';
import { foundNetwork } from './found-network.ts';
import { foundDemonstrationTier } from './found-tier.ts';
import { witnessesAt } from './found-witnesses.ts';

const city = '431000' as TierCode;
const plan = tierTopicPlan();

for (const version of kafkaVersions)
  withKafka(version, (kafka) => {
    const postgres = withPostgres();

    describe('a tier whose views follow its topic', () => {
      let folder: string;
      let config: TierConfig;
      let bus: KafkaBus;
      let exchange: RunningExchange;
      let approval: RunningApproval;
      let source: Awaited<ReturnType<ReturnType<typeof viewsDataSource>['initialize']>>;

      beforeAll(async () => {
        folder = mkdtempSync(path.join(tmpdir(), 'event-topic-'));
        chmodSync(folder, 0o711);
        const alone = { network: 'test.example', tiers: [{ tier: city, name: '郴州市' }] };
        const witnesses = witnessesAt('http://127.0.0.1:1', folder, alone);
        const [founded] = await foundNetwork(folder, postgres.server, { ...alone, witnesses });
        if (founded === undefined) throw new Error('the tier was not founded');
        const issuer = 'http://127.0.0.1:1';
        config = {
          ...founded,
          identity: { issuer, audience: 'liandong', jwksUrl: `${issuer}/jwks` },
          eventTopic: { ...plan, brokers: kafka.brokers, retentionDays: 14, views: 'topic' },
        };
        bus = kafkaEventBus({ brokers: kafka.brokers, clientId: 'onlooker' });
        await bus.ensureTopics([plan]);
        source = await viewsDataSource({
          url: readFileSync(config.databaseUrlFiles.approval ?? '', 'utf8').trim(),
        }).initialize();
        await migrateViews(source);
        exchange = await startExchange(config);
        approval = await startApproval(config);
      }, 120_000);
      afterAll(async () => {
        await approval.close();
        await exchange.close();
        await bus.close();
        await source.destroy();
        rmSync(folder, { recursive: true });
      }, 60_000);

      const page = { limit: 500 };
      const rows = async () => {
        const views = postgresViews(source);
        const [items, departments, tiers] = [
          await views.items({}, page),
          await views.departments(undefined, page),
          await views.tiers(),
        ];
        return { items: items.rows, departments: departments.rows, tiers };
      };
      const until = async (done: () => Promise<boolean>) => {
        while (!(await done())) await pause(100);
      };
      const reached = async () => {
        const [row] = await source.query<{ position: string }[]>('SELECT position FROM views_reached');
        return row?.position;
      };

      it('has every event on the topic, and each row as it is without the topic, though broker and counter end meanwhile', async () => {
        const { store } = approval.access;
        const founding = foundDemonstrationTier(store, approval.authoring, true);
        await until(async () => (await store.readAll(start, 1_000)).length > 20);
        await kafka.kill();
        await kafka.start();
        await founding;
        await approval.close();
        approval = await startApproval(config);
        const stored = await approval.access.store.readAll(start, 10_000);
        const last = String(stored.at(-1)?.position);
        await until(async () => (await exchange.active.current()?.status())?.eventTopic?.published === last);
        await until(async () => (await reached()) === last);
        const followed = await rows();
        expect(followed.items.length).toBeGreaterThan(10);

        await approval.close();
        await source.query('UPDATE views_reached SET version = $1, position = 0', ['an older build']);
        approval = await startApproval({ ...config, eventTopic: undefined });
        await until(async () => (await reached()) === last);
        expect(await rows()).toEqual(followed);

        const came = new Map<string, TopicEntry>();
        const whole = Promise.withResolvers<void>();
        const reading = await busEventTopic(bus, sha256).receive(
          `onlooker.${randomUUID()}`,
          async (entries) => {
            for (const entry of entries) came.set(String(entry.event.position), entry);
            if (came.size === stored.length) whole.resolve();
          },
        );
        await Promise.race([whole.promise, reading.ended]);
        await reading.close();
        expect(stored.map(({ position }) => came.get(String(position))?.event)).toEqual(stored);
      }, 240_000);
    });
  });

describe('the configuration of a tier’s topic', () => {
  const tier = {
    ...{ network: 'test.example', tier: city },
    members: [{ tier: city, name: '郴州市', keys: [], policy: 'log …' }],
  };
  const parsed = (eventTopic: object) => parseTierConfig({ ...tier, eventTopic }, '/etc/liandong');

  it('is the usual topic, and the views follow the store, unless it says otherwise', () => {
    const sasl = { mechanism: 'scram-sha-512', username: 'u', passwordFile: 'password' };
    expect(parsed({ brokers: ['k:9092'], sasl })).toMatchObject({
      value: {
        eventTopic: {
          ...{ topic: 'liandong.events.v1', partitions: 12, retentionDays: 14, views: 'store' },
          sasl: { passwordFile: '/etc/liandong/password' },
        },
      },
    });
  });

  it.each([
    ['a topic that Kafka would refuse', { topic: 'Liandong_events' }, 'eventTopic.topic'],
    ['no partition', { partitions: 0 }, 'eventTopic.partitions'],
    ['views that follow nothing', { views: 'nothing' }, 'eventTopic.views'],
    ['a word it does not know', { replicas: 3 }, 'eventTopic'],
  ])('is refused with %s', (_, wrong, field) => {
    expect(parsed({ brokers: ['k:9092'], ...wrong })).toMatchObject({
      refusal: { problems: [{ field }] },
    });
  });
});
