import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { sha256 } from '@liandong/adapters/crypto';
import { foundNetworkFiles, tierProblems } from '@liandong/assembly';
import {
  linkTopics,
  loadTierConfig,
  loadWitnessConfig,
  parseNetworkPlan,
  parseTierConfig,
  parseTierFounding,
} from '@liandong/contracts';
import type { ServiceName } from '@liandong/kernel';
import { copyFileSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { root } from '../docs/pages.ts';
import {
  type Compose,
  composeProblems,
  type composeRules,
  type ComposeService,
  readCompose,
  specificationProblems,
} from './compose.ts';

const read = (...file: string[]): string => readFileSync(path.join(root, ...file), 'utf8');
const json = (...file: string[]): object => JSON.parse(read(...file)) as object;
const schema = json('tools/deploy/schemas/compose-spec.json');
const { version } = json('package.json') as { version: string };
const given = readCompose(read('docker-compose.yml'));
const compose = given as Compose;

const planned = parseNetworkPlan(json('deploy/compose/network.json'));
if (!planned.ok) throw new Error(JSON.stringify(planned.refusal));
const plan = planned.value;

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'compose-'));
});
afterAll(() => rmSync(folder, { recursive: true }));

/** The founded file that Compose would mount. */
const foundedFile = (engine: string, file: string) =>
  file.replace(/^\.\/\.liandong\/compose/, path.join(folder, engine));

/** What a service finds under /run/secrets, in a folder of this machine. */
const secretsOf = (
  engine: string,
  name: string,
  { secrets = [] }: ComposeService,
  without?: string,
): string => {
  const at = mkdtempSync(path.join(folder, `${name}-`));
  for (const { source, target } of secrets)
    if (target !== without)
      copyFileSync(foundedFile(engine, compose.secrets[source]!.file), path.join(at, target));
  return at;
};

const mounted = (engine: string, { configs = [] }: ComposeService, target: string): string | undefined => {
  const source = configs.find((config) => config.target === target)?.source;
  const file = source === undefined ? undefined : compose.configs[source]?.file;
  return file === undefined
    ? undefined
    : foundedFile(
        engine,
        path.isAbsolute(file) || file.startsWith('./.liandong') ? file : path.join(root, file),
      );
};

const appOf = ({ image = '' }: ComposeService) => /^liandong\/(\w+):/.exec(image)?.[1];
const services = Object.entries(compose.services);
const ours = services.filter(
  ([name, service]) =>
    appOf(service) !== undefined && !name.startsWith('witness-') && !name.endsWith('-prepare'),
);
const witnesses = services.filter(([name]) => name.startsWith('witness-'));

/** What is wrong with a service of a tier, as it would find its configuration and its secrets. */
const found = (engine: string, name: string, service: ComposeService, without?: string) => {
  const secrets = secretsOf(engine, name, service, without);
  const file = mounted(engine, service, '/etc/liandong/tier.json') ?? '';
  const text = readFileSync(file, 'utf8')
    .replaceAll('/run/secrets', secrets)
    .replaceAll('/var/lib/liandong', secrets);
  const parsed = parseTierConfig(JSON.parse(text), '/etc/liandong');
  return parsed.ok ? tierProblems(parsed.value, [appOf(service) as ServiceName]) : parsed.refusal.problems;
};

describe('docker-compose.yml', () => {
  it('is what the specification of Compose allows, and nothing else', () => {
    expect(specificationProblems(given, schema)).toEqual([]);
    const odd = { ...compose, services: { ...compose.services, x: { image: 'a:1', colour: 'red' } } };
    expect(specificationProblems(odd, schema).join()).toMatch(/colour/);
    expect(specificationProblems({ ...compose, sevices: {} }, schema).join()).toMatch(/sevices/);
  });

  it('keeps every rule of ours', () => {
    expect(composeProblems(compose)).toEqual([]);
  });

  it('runs this version, built for the service each image is named after', () => {
    for (const [, service] of services.filter(([, each]) => appOf(each) !== undefined)) {
      expect(service.image).toBe(`liandong/${appOf(service)}:${version}`);
      if (service.build !== undefined) expect(service.build.args).toEqual({ APP: appOf(service) });
    }
    const built = new Set(services.flatMap(([, { build, image }]) => (build === undefined ? [] : [image])));
    for (const [, service] of ours) expect(built).toContain(service.image);
  });
});

describe('the rules', () => {
  const good: ComposeService = compose.services['county-exchange']!;
  const spoiled: Readonly<Record<keyof typeof composeRules, Partial<ComposeService>>> = {
    'an image pinned by its version': { image: 'docker.io/library/postgres:latest' },
    'no user root': { user: '0:0' },
    'no capability and no new privilege': { cap_add: ['NET_ADMIN'] },
    'a file system nobody writes to': { read_only: false },
    'a health check, or an end': { healthcheck: { disable: true } },
    'thirty seconds or more to stop in': { stop_grace_period: '10s' },
    'limits of processor and memory': { deploy: {} },
    'no port published but the counter’s and the links’': { ports: ['5432:5432'] },
    'only variables that our services read': { environment: { LIANDONG_CONFG: 'x' } },
    'no secret in the environment': { image: 'x:1.0', environment: { POSTGRES_PASSWORD: 'x' } },
    'no folder of the machine': { volumes: ['/var/run/docker.sock:/var/run/docker.sock'] },
    'a profile to be started with': { profiles: [] },
    'what it waits for in good health, or ended well': {
      depends_on: { 'county-postgres': { condition: 'service_started' } },
    },
    'what it waits for in all its profiles, or no need of it': {
      depends_on: { kafka: { condition: 'service_healthy' } },
    },
    'only secrets, files and networks that there are': { networks: ['nowhere'] },
  };

  it.each(Object.entries(spoiled))('find what lacks: %s', (rule, change) => {
    const changed = {
      ...compose,
      services: { ...compose.services, 'county-exchange': { ...good, ...change } },
    };
    expect(composeProblems(changed)).toContain(`county-exchange: ${rule}`);
  });

  it('find a secret that nobody is given', () => {
    const secrets = { ...compose.secrets, spare: { file: 'spare' } };
    expect(composeProblems({ ...compose, secrets })).toEqual(['secrets.spare: is given to nobody']);
  });
});

describe.each([['embedded'], ...Object.keys(plan.engines).map((engine) => [engine])])(
  'the network founded for %s',
  (engine) => {
    beforeAll(() => {
      foundNetworkFiles(path.join(folder, engine), plan, engine === 'embedded' ? undefined : engine);
    });

    it.each(ours)('gives %s a valid configuration and every secret it reads', (name, service) => {
      expect(found(engine, name, service)).toEqual([]);
    });

    it.each(ours)('gives %s no secret that it does not read', (name, service) => {
      // Mounted in every profile: Compose has no secrets that depend on one.
      const elsewhere = engine === 'kurrent' ? '' : 'eventstore.url';
      for (const { target } of (service.secrets ?? []).filter((secret) => secret.target !== elsewhere))
        expect([target, found(engine, name, service, target).length > 0]).toEqual([target, true]);
    });

    it.each(witnesses)('gives %s its logs and its keys', (name, service) => {
      const file = mounted(engine, service, '/etc/liandong/witness.json') ?? '';
      const { witnesses: each, listen } = loadWitnessConfig(sha256, file);
      expect(listen.port).toBe(plan.witnessPort);
      expect(each.map(({ keyFile }) => keyFile).toSorted()).toEqual(
        (service.secrets ?? []).map(({ target }) => `/run/secrets/${target}`).toSorted(),
      );
      for (const { folder: own } of each) expect(own).toMatch(/^\/var\/lib\/liandong\//);
      secretsOf(engine, name, service);
    });

    it('founds every directory by the rules of a directory', () => {
      for (const [, service] of services.filter(([name]) => name.endsWith('-prepare'))) {
        const directory = mounted(engine, service, '/etc/liandong/directory.json') ?? '';
        expect(parseTierFounding(JSON.parse(readFileSync(directory, 'utf8')))).toMatchObject({ ok: true });
        secretsOf(engine, 'prepare', service);
      }
    });

    it('lets everybody reach those whose addresses they are given', () => {
      for (const [name, service] of ours.filter(([, each]) => appOf(each) === 'exchange')) {
        const config = loadTierConfig(mounted(engine, service, '/etc/liandong/tier.json') ?? '');
        const own = config.members.find(({ tier }) => tier === config.tier);
        const urls = [...(own?.policy ?? '').matchAll(/http:\/\/([^:/]+):/g)].map(([, host = '']) => host);
        const brokers = (config.links ?? []).flatMap((link) => (link.via === 'kafka' ? link.brokers : []));
        const hosts = [
          ...urls,
          ...[config.parentLink?.address ?? [], ...brokers].flat().map((at) => at.split(':')[0] ?? ''),
        ];
        expect(hosts.length).toBeGreaterThan(3);
        for (const host of hosts)
          expect([
            name,
            host,
            compose.services[host]?.networks?.some((network) => service.networks?.includes(network)),
          ]).toEqual([name, host, true]);
      }
    });
  },
);

describe('the event store', () => {
  it('is reached by every service of the tier whose events it holds', () => {
    for (const { tier, eventStoreUrl = '' } of plan.tiers.filter(
      (each) => each.eventStoreUrl !== undefined,
    )) {
      const host = new URL(eventStoreUrl).hostname;
      const held = services.filter(([, { secrets = [] }]) =>
        secrets.some(({ target }) => target === 'eventstore.url'),
      );
      expect([tier, held.length]).toEqual([tier, 5]);
      for (const [name, { networks = [] }] of held)
        expect([
          name,
          compose.services[host]?.networks?.some((network) => networks.includes(network)),
        ]).toEqual([name, true]);
    }
  });
});

describe('the brokers', () => {
  it('are given the topics that the links use', () => {
    const script = compose.services['kafka-topics']?.command?.join(' ') ?? '';
    const topics = plan.tiers.flatMap(({ tier, parent }) =>
      parent === undefined ? [] : linkTopics(tier, parent),
    );
    for (const { topic, settings } of topics) {
      const [, pair = ''] = /^liandong\.link\.(.*)\.v1$/.exec(topic) ?? [];
      expect(script).toContain(pair);
      for (const [name, value] of Object.entries(settings))
        expect(script).toContain(`--config ${name}=${value}`);
    }
    const named = /for topic in ([^;]+);/.exec(script)?.[1]?.split(' ') ?? [];
    expect(named.length).toBe(topics.length);
  });
});
