import {
  type KafkaBrokers,
  linkPermissions,
  linkTopics,
  loadTierConfig,
  type TierConfig,
  tierTopicPermissions,
  tierTopicPlan,
} from '@liandong/contracts';
import type { Command } from './command.ts';
import { Complaint } from './complaint.ts';

export const kafkaPlan: Command = {
  usage: '--config <tier.json>',
  zh: '各链路及本层级主题在 Kafka 上所需的主题、权限和配额',
  en: 'the topics, permissions and quotas that a tier’s links and its own topic need on Kafka',
  runAlone: async ({ config: file }) => {
    if (file === undefined)
      throw new Complaint('请用 --config 指明层级配置\n--config <tier.json> must say which tier.');
    const config = read(file);
    const [links, eventTopic] = [linksOf(config), ownTopicOf(config)];
    const parts = [
      ...links.map((link) => commandsOf(`# 与 ${link.peer} 的链路 · the link with ${link.peer}`, link)),
      ...(eventTopic === undefined
        ? []
        : [commandsOf('# 本层级的事件主题 · the tier’s own topic', eventTopic)]),
    ];
    return {
      json: { links, ...(eventTopic && { eventTopic }) },
      text:
        parts.length === 0
          ? '没有经 Kafka 的链路 · no link of this tier goes over Kafka'
          : parts.join('\n\n'),
    };
  },
};

const read = (file: string): TierConfig => {
  try {
    return loadTierConfig(file);
  } catch (error) {
    throw new Complaint((error as Error).message);
  }
};

const linksOf = ({ tier, links = [] }: TierConfig) =>
  links.flatMap((link) =>
    link.via === 'kafka'
      ? [
          {
            peer: link.peer,
            brokers: link.brokers,
            principal: principalOf(link, tier),
            topics: linkTopics(tier, link.peer),
            permissions: linkPermissions(tier, link.peer),
            quotas,
          },
        ]
      : [],
  );

const ownTopicOf = ({ tier, eventTopic }: TierConfig): Needs | undefined =>
  eventTopic && {
    brokers: eventTopic.brokers,
    principal: principalOf(eventTopic, tier),
    topics: [tierTopicPlan(eventTopic)],
    permissions: tierTopicPermissions(tier, eventTopic.topic),
    quotas,
  };

type Needs = Omit<ReturnType<typeof linksOf>[number], 'peer'>;

const principalOf = ({ sasl }: KafkaBrokers, tier: string) => `User:${sasl?.username ?? `liandong-${tier}`}`;

const quotas = { producer_byte_rate: 4_194_304, consumer_byte_rate: 4_194_304 };

/** For whoever runs the cluster, in the words of Kafka's own tools. What is not allowed there is denied. */
const commandsOf = (title: string, { brokers, principal, topics, permissions, quotas }: Needs): string => {
  const server = `--bootstrap-server ${brokers.join(',')}`;
  return [
    title,
    ...topics.map(({ topic, partitions, settings }) =>
      [
        `kafka-topics.sh ${server} --create --if-not-exists --topic ${topic} --partitions ${partitions}`,
        ...Object.entries(settings).map(([name, value]) => `--config ${name}=${value}`),
      ].join(' '),
    ),
    ...permissions.map(({ resource, name, operations }) =>
      [
        `kafka-acls.sh ${server} --add --allow-principal '${principal}'`,
        ...operations.map((operation) => `--operation ${operation}`),
        `--${resource} ${name}`,
      ].join(' '),
    ),
    `kafka-configs.sh ${server} --alter --entity-type users --entity-name '${principal.slice(5)}' --add-config ${Object.entries(
      quotas,
    )
      .map(([name, rate]) => `${name}=${rate}`)
      .join(',')}`,
  ].join('\n');
};
