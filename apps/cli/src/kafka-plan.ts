import { linkPermissions, linkTopics, loadTierConfig, type TierConfig } from '@liandong/contracts';
import type { Command } from './command.ts';
import { Complaint } from './complaint.ts';

export const kafkaPlan: Command = {
  usage: '--config <tier.json>',
  zh: '各链路在 Kafka 上所需的主题、权限和配额',
  en: 'the topics, permissions and quotas that a tier’s links need on Kafka',
  runAlone: async ({ config: file }) => {
    if (file === undefined)
      throw new Complaint('请用 --config 指明层级配置\n--config <tier.json> must say which tier.');
    const links = linksOf(read(file));
    return {
      json: { links },
      text:
        links.length === 0
          ? '没有经 Kafka 的链路 · no link of this tier goes over Kafka'
          : links.map(commandsOf).join('\n\n'),
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
            principal: `User:${link.sasl?.username ?? `liandong-${tier}`}`,
            topics: linkTopics(tier, link.peer),
            permissions: linkPermissions(tier, link.peer),
            quotas: { producer_byte_rate: 4_194_304, consumer_byte_rate: 4_194_304 },
          },
        ]
      : [],
  );

/** For whoever runs the cluster, in the words of Kafka's own tools. What is not allowed there is denied. */
const commandsOf = ({
  peer,
  brokers,
  principal,
  topics,
  permissions,
  quotas,
}: ReturnType<typeof linksOf>[number]): string => {
  const server = `--bootstrap-server ${brokers.join(',')}`;
  return [
    `# 与 ${peer} 的链路 · the link with ${peer}`,
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
