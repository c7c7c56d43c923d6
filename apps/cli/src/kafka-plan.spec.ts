import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { run } from './command-line.ts';

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'liandong-plan-'));
});
afterAll(() => rmSync(folder, { recursive: true }));

const configured = (links: readonly object[], eventTopic?: object): string => {
  const file = path.join(folder, 'tier.json');
  const members = [
    { tier: '431000', name: '郴州市', keys: [], policy: 'log …' },
    { tier: '431021', parent: '431000', name: '桂阳县', keys: [], policy: 'log …' },
  ];
  writeFileSync(file, JSON.stringify({ network: 'n.example', tier: '431021', members, links, eventTopic }));
  return file;
};
const plan = (file: string, ...more: string[]) => run(['kafka', 'plan', '--config', file, ...more], {});

describe('the plan for Kafka', () => {
  it('lets a tier write its one topic, read its one topic in its one group, and nothing else', async () => {
    const sasl = { mechanism: 'scram-sha-512', username: 'guiyang', passwordFile: 'p' };
    const file = configured([{ peer: '431000', via: 'kafka', brokers: ['a:1', 'b:2'], sasl }]);
    const { links } = JSON.parse((await plan(file, '--json')).output) as { links: readonly object[] };
    expect(links).toMatchObject([
      {
        ...{ peer: '431000', principal: 'User:guiyang' },
        topics: ['liandong.link.431021.431000.v1', 'liandong.link.431000.431021.v1'].map((topic) => ({
          ...{ topic, partitions: 1 },
          settings: {
            'cleanup.policy': 'delete',
            'retention.ms': '1209600000',
            'max.message.bytes': '1048576',
          },
        })),
        permissions: [
          { resource: 'topic', name: 'liandong.link.431021.431000.v1', operations: ['WRITE', 'DESCRIBE'] },
          { resource: 'topic', name: 'liandong.link.431000.431021.v1', operations: ['READ', 'DESCRIBE'] },
          { resource: 'group', name: 'liandong.link.431021.from.431000', operations: ['READ'] },
        ],
      },
    ]);
    const { output } = await plan(file);
    expect(output).toContain(
      "kafka-acls.sh --bootstrap-server a:1,b:2 --add --allow-principal 'User:guiyang' --operation WRITE --operation DESCRIBE --topic liandong.link.431021.431000.v1",
    );
    expect(output.match(/--operation/g)).toHaveLength(5);
    expect(output).not.toContain('passwordFile');
  });

  it('gives the tier alone the right to write its own topic, and its views the right to read it', async () => {
    const file = configured([], { brokers: ['a:1'], partitions: 6, retentionDays: 3 });
    expect(JSON.parse((await plan(file, '--json')).output)).toMatchObject({
      links: [],
      eventTopic: {
        principal: 'User:liandong-431021',
        topics: [{ topic: 'liandong.events.v1', partitions: 6, settings: { 'retention.ms': '259200000' } }],
        permissions: [
          { resource: 'topic', name: 'liandong.events.v1', operations: ['WRITE', 'READ', 'DESCRIBE'] },
          { resource: 'group', name: 'liandong.events.431021.views', operations: ['READ'] },
        ],
      },
    });
    expect((await plan(file)).output).toMatch(/the tier’s own topic\nkafka-topics.sh .* --partitions 6 /);
  });

  it('says so where no link goes over Kafka', async () => {
    expect((await plan(configured([{ peer: '431000', via: 'grpc' }]))).output).toMatch(
      /no link of this tier/,
    );
  });

  it('names the field that is wrong', async () => {
    await expect(plan(configured([{ peer: '431021', via: 'kafka', brokers: ['a:1'] }]))).rejects.toThrow(
      /links\.0\.peer: .*is not a neighbour/,
    );
    await expect(run(['kafka', 'plan'], {})).rejects.toThrow(/--config <tier.json> must say/);
  });
});
