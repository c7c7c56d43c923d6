import type { TierCode } from '@liandong/kernel';
import { z } from 'zod';
import { epoch, filePath, hostAndPort, type Listen, listen, tierCode } from './config-parts.ts';
import { rule } from './config-problems.ts';
import { type EventStoreConfig, eventStoreShape } from './event-store-config.ts';
import { type EventTopicConfig, eventTopicShape } from './event-topic-config.ts';
import { type LinkConfig, linksShape } from './link-config.ts';
import { memberShape, type NetworkMember } from './network-members.ts';
import { type RulePackConfig, rulePackShape } from './rule-pack-config.ts';

/** Everything that makes the same services the city's, the county's or the township's. Paths are absolute. */
export type TierConfig = {
  readonly network: string;
  readonly tier: TierCode;
  readonly epoch: number;
  /** Set in a demonstration network only: the file that holds its clock's offset in milliseconds. */
  readonly demonstration?: { readonly clockOffsetFile: string } | undefined;
  readonly members: readonly NetworkMember[];
  /** Where the superior tier listens for links, `host:port`. The lower tier dials. */
  readonly parentLink?: { readonly address: string } | undefined;
  /** How links to neighbours are carried, where that is not by gRPC alone. */
  readonly links?: readonly LinkConfig[] | undefined;
  /** Where the tier's events are published, for followers of its own and for joined systems. */
  readonly eventTopic?: EventTopicConfig | undefined;
  readonly eventStore: EventStoreConfig;
  /** What the tier's supervision begins with. */
  readonly rulePack?: RulePackConfig | undefined;
  readonly listen: {
    readonly approvalHttp?: Listen | undefined;
    readonly approvalGrpc?: Listen | undefined;
    readonly exchangeHttp?: Listen | undefined;
    readonly auditHttp?: Listen | undefined;
    readonly auditGrpc?: Listen | undefined;
    readonly supervisionHttp?: Listen | undefined;
    readonly supervisionGrpc?: Listen | undefined;
    /** Where lower tiers dial in; absent for a tier without any. */
    readonly link?: Listen | undefined;
  };
  /** Files that each hold the connection URL of one role, so that no secret stands in the configuration. */
  readonly databaseUrlFiles: {
    readonly approval?: string | undefined;
    readonly supervision?: string | undefined;
    readonly exchange?: string | undefined;
    /** Reads and writes nothing: for auditors. */
    readonly audit?: string | undefined;
  };
  /** Private keys, PEM, one file per service. */
  readonly keyFiles: {
    readonly approval?: string | undefined;
    readonly supervision?: string | undefined;
    readonly exchange?: string | undefined;
    /** What signs the tier's ledger: a key of its own, as is that of a witness. */
    readonly log?: string | undefined;
    readonly witness?: string | undefined;
    /** What opens letters with personal fields to this tier; only `exchange` reads it. */
    readonly letters?: string | undefined;
  };
  /** The tlog-policy of the tier's own ledger: its witnesses and their quorum. */
  readonly policyFile?: string | undefined;
  /** Where the exchange keeps evidence against ledgers that told two stories. */
  readonly evidenceFolder?: string | undefined;
  /** How the tier's ledger is kept. */
  readonly ledger: {
    /** From the end of one round of the scrub to the beginning of the next. */
    readonly scrubSeconds: number;
    /** How far an event's time may lie outside what other ledgers prove before it is reported. */
    readonly timeToleranceSeconds: number;
  };
  /** From one heartbeat to the next on a link where nothing else is said. */
  readonly heartbeatSeconds: number;
  /** Milliseconds that an act of the lead waits until what it builds on is anchored; then it needs an override. */
  readonly anchorPatienceMs: number;
  /** What pseudonyms and fingerprints of this tier are keyed with; only `approval` and `supervision` read it. */
  readonly secretFile?: string | undefined;
  readonly privacy: {
    /** How many years the law has a record kept once its matter has ended; personal fields stay as long. */
    readonly retentionYears: number;
  };
  /** Where else copies of the tier's data lie. What is named here is searched for what was erased. */
  readonly copies: { readonly exports: readonly string[]; readonly backups: readonly string[] };
  /** Whose bearer tokens are accepted. */
  readonly identity?:
    { readonly issuer: string; readonly audience: string; readonly jwksUrl: string } | undefined;
};

export const tierShape = z.strictObject({
  network: z
    .string()
    .regex(/^[a-z0-9]([a-z0-9.-]{0,251}[a-z0-9])?$/, rule('小写主机名', 'a lower-case host name')),
  tier: tierCode,
  epoch: epoch.default(1),
  demonstration: z.strictObject({ clockOffsetFile: filePath }).optional(),
  members: z.array(memberShape).min(1).max(10_000),
  parentLink: z.strictObject({ address: hostAndPort }).optional(),
  links: linksShape.optional(),
  eventTopic: eventTopicShape.optional(),
  eventStore: eventStoreShape,
  rulePack: rulePackShape.optional(),
  listen: z
    .strictObject({
      approvalHttp: listen.optional(),
      approvalGrpc: listen.optional(),
      exchangeHttp: listen.optional(),
      auditHttp: listen.optional(),
      auditGrpc: listen.optional(),
      supervisionHttp: listen.optional(),
      supervisionGrpc: listen.optional(),
      link: listen.optional(),
    })
    .default({}),
  databaseUrlFiles: z
    .strictObject({
      approval: filePath.optional(),
      supervision: filePath.optional(),
      exchange: filePath.optional(),
      audit: filePath.optional(),
    })
    .default({}),
  keyFiles: z
    .strictObject({
      approval: filePath.optional(),
      supervision: filePath.optional(),
      exchange: filePath.optional(),
      log: filePath.optional(),
      witness: filePath.optional(),
      letters: filePath.optional(),
    })
    .default({}),
  policyFile: filePath.optional(),
  evidenceFolder: filePath.optional(),
  ledger: z
    .strictObject({
      scrubSeconds: z.int().min(1).max(604_800).default(3_600),
      timeToleranceSeconds: z.int().min(1).max(86_400).default(300),
    })
    .prefault({}),
  heartbeatSeconds: z.int().min(1).max(60).default(30),
  anchorPatienceMs: z.int().min(0).max(25_000).default(15_000),
  secretFile: filePath.optional(),
  privacy: z.strictObject({ retentionYears: z.int().min(0).max(1_000).default(10) }).prefault({}),
  copies: z
    .strictObject({
      exports: z.array(filePath).max(1_000).default([]),
      backups: z.array(filePath).max(1_000).default([]),
    })
    .prefault({}),
  identity: z.strictObject({ issuer: z.url(), audience: z.string().min(1), jwksUrl: z.url() }).optional(),
});

/** For editors and for checks that are not ours. What a rule between fields forbids it does not say. */
export const tierConfigSchema = (): object => z.toJSONSchema(tierShape, { io: 'input' });
