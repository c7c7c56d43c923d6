import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { sha256 } from '@liandong/adapters/crypto';
import { foundNetworkFiles, tierProblems } from '@liandong/assembly';
import {
  linkPermissions,
  linkTopics,
  loadTierConfig,
  loadWitnessConfig,
  parseNetworkPlan,
  parseTierConfig,
} from '@liandong/contracts';
import { serviceNames, type TierCode } from '@liandong/kernel';
import { copyFileSync, cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { root } from '../docs/pages.ts';
import { isWorkload, type manifestRules, manifestProblems, type Workload } from './manifest-rules.ts';
import { formProblems } from './manifest-types.ts';
import { type Manifest, rendered, renderer } from './render.ts';

const overlays = [
  ['city', '431000'],
  ['county', '431021'],
  ['township', '431021106'],
] as const;
const planned = parseNetworkPlan(
  JSON.parse(readFileSync(path.join(root, 'deploy/kubernetes/network.json'), 'utf8')),
);
if (!planned.ok) throw new Error(JSON.stringify(planned.refusal));
const plan = planned.value;
const words = renderer();

const check = (render: readonly string[]) => {
  let folder: string;
  const all = new Map<string, readonly Manifest[]>();
  const home = (tier: string) => path.join(folder, 'network/tiers', tier);

  beforeAll(() => {
    folder = mkdtempSync(path.join(tmpdir(), 'kubernetes-'));
    foundNetworkFiles(path.join(folder, 'network'), plan);
    cpSync(path.join(root, 'deploy/kubernetes'), path.join(folder, 'kubernetes'), { recursive: true });
    for (const [overlay, tier] of overlays) {
      const at = path.join(folder, 'kubernetes/overlays', overlay);
      copyFileSync(path.join(home(tier), 'tier.json'), path.join(at, 'tier.json'));
      copyFileSync(path.join(folder, `network/witnesses/${tier}.json`), path.join(at, 'witness.json'));
      copyFileSync(path.join(root, `deploy/compose/directory/${tier}.json`), path.join(at, 'directory.json'));
      all.set(overlay, rendered(render, at));
    }
  }, 120_000);
  afterAll(() => rmSync(folder, { recursive: true }));

  const of = (overlay: string): readonly Manifest[] => all.get(overlay) ?? [];
  const workloads = (overlay: string) => of(overlay).filter(isWorkload);
  const dataOf = (overlay: string, name: string) =>
    of(overlay).find(({ kind, metadata }) => kind === 'ConfigMap' && metadata.name.startsWith(`${name}-`))
      ?.data ?? {};

  it('has the form of every kind, and no field that the kind does not know', async () => {
    const manifests = overlays.flatMap(([overlay]) => of(overlay));
    expect(manifests.length).toBeGreaterThan(60);
    expect(await formProblems(manifests)).toEqual([]);
  }, 300_000);

  it('is refused for a field that nobody knows, one that is missing, and one of another type', async () => {
    const first = (kind: string) => of('city').find((manifest) => manifest.kind === kind)!;
    const change = (kind: string, spec: object) => ({
      ...first(kind),
      spec: { ...first(kind).spec, ...spec },
    });
    const problems = await formProblems([
      change('Deployment', { replica: 2 }),
      change('Service', { ports: [{ name: 'http' }] }),
      change('StatefulSet', { replicas: 'three' }),
      change('NetworkPolicy', { podSelector: { matchLabels: { app: 'x' }, matchLabel: {} } }),
      change('Kafka', { zookeeper: {} }),
      change('KafkaTopic', { partitions: '1' }),
      change('Cluster', { instances: undefined, backup: {} }),
      { ...first('Service'), kind: 'Servise' },
      { ...first('Service'), apiVersion: 'v2' },
    ]);
    for (const said of [
      /Deployment .*"replica".* does not exist/,
      /Service .*port/,
      /StatefulSet .*string/,
      /NetworkPolicy .*"matchLabel".* does not exist/,
      /Kafka links.*zookeeper/,
      /KafkaTopic .*integer/,
      /Cluster postgres.*backup/,
      /Cluster postgres.*instances/,
      /Servise/,
      /nothing is known of v2/,
    ])
      expect(problems).toContainEqual(expect.stringMatching(said));
  }, 300_000);

  it.each(overlays.map(([overlay]) => overlay))('keeps every rule of ours: %s', (overlay) => {
    expect(manifestProblems(of(overlay))).toEqual([]);
  });

  it.each(overlays)(
    'gives the services of the %s a valid configuration and every secret they read',
    (overlay, tier) => {
      const config = dataOf(overlay, 'tier')['tier.json'] ?? '';
      for (const service of serviceNames) {
        const workload = workloads(overlay).find(({ metadata }) => metadata.name === service);
        const wrong = (without?: string) => {
          const secrets = mkdtempSync(path.join(folder, `${service}-`));
          for (const name of secretsOf(workload))
            if (name !== without) copyFileSync(path.join(home(tier), name), path.join(secrets, name));
          const here = config.replaceAll('/run/secrets', secrets).replaceAll('/var/lib/liandong', secrets);
          const parsed = parseTierConfig(JSON.parse(here), '/etc/liandong');
          return parsed.ok ? tierProblems(parsed.value, [service]) : parsed.refusal.problems;
        };
        expect([service, wrong()]).toEqual([service, []]);
        for (const name of secretsOf(workload))
          expect([service, name, wrong(name).length > 0]).toEqual([service, name, true]);
      }
    },
  );

  it.each(overlays)(
    'listens where the services, probes and policies of the %s expect it',
    (overlay, tier) => {
      const { listen } = loadTierConfig(path.join(home(tier), 'tier.json'));
      const configured = Object.entries(listen).flatMap(([door, at]) =>
        at === undefined ? [] : [[door, at.port] as const],
      );
      const opened = workloads(overlay).flatMap(({ metadata: { name }, spec }) =>
        (spec.template.spec.containers[0]?.ports ?? []).map(
          (port) => [`${name}.${port.name}`, port.containerPort] as const,
        ),
      );
      const doorOf = (door: string) =>
        door === 'link' ? 'exchange.link' : door.replace(/(Http|Grpc)$/, (end) => `.${end.toLowerCase()}`);
      for (const [door, port] of configured) expect(opened).toContainEqual([doorOf(door), port]);
      const witness = loadWitnessConfig(sha256, path.join(folder, `network/witnesses/${tier}.json`));
      expect(opened).toContainEqual(['witness.http', witness.listen.port]);
    },
  );

  it('mounts the secrets that the operations page has an operator make', () => {
    const page = readFileSync(path.join(root, 'docs/operations.md'), 'utf8');
    const made = new Map(
      [...page.matchAll(/^secret ([a-z]+) (.+)$/gm)].map(([, name = '', files = '']) => [
        `${name}-secrets`,
        files.split(' '),
      ]),
    );
    const wanted = overlays
      .flatMap(([overlay]) => workloads(overlay))
      .flatMap(({ spec }) => spec.template.spec.volumes ?? []);
    for (const { secret } of wanted.filter(({ secret: each }) => each?.items !== undefined)) {
      const keys = (secret?.items ?? []).map(({ key }) => key).filter((key) => key !== 'eventstore.url');
      expect([secret?.secretName, made.get(secret?.secretName ?? '')]).toEqual([secret?.secretName, keys]);
    }
    expect(page).toContain('`eventstore.url`');
    const others = wanted.flatMap(({ secret }) =>
      secret === undefined || secret.items !== undefined ? [] : [secret.secretName],
    );
    for (const name of others.filter((each) => each !== 'eventstore-certificates'))
      expect(page).toContain(` ${name} `);
  });

  it('lets a township be dialled by nobody, and dial its superior alone', () => {
    const policies = of('township').filter(({ kind }) => kind === 'NetworkPolicy');
    expect(of('township').filter(({ spec }) => spec?.['type'] === 'LoadBalancer')).toEqual([]);
    expect(JSON.stringify(policies.filter(({ spec }) => 'ingress' in (spec ?? {})))).not.toContain('7443');
    const dials = policies.filter((policy) => JSON.stringify(policy.spec?.['egress'] ?? []).includes('7443'));
    expect(dials.map(({ metadata }) => metadata.name)).toEqual(['superior']);
  });

  it('gives the brokers the topics and the permissions of a link', () => {
    const [city, county] = ['431000', '431021'] as [TierCode, TierCode];
    for (const { topic, partitions, settings } of linkTopics(city, county)) {
      const made = of('city').find(({ kind, metadata }) => kind === 'KafkaTopic' && metadata.name === topic);
      expect(made?.spec).toMatchObject({ partitions });
      const config = Object.entries((made?.spec?.['config'] ?? {}) as Record<string, unknown>);
      for (const [name, value] of Object.entries(settings))
        expect(config).toContainEqual([name, typedAs(value, config, name)]);
    }
    for (const [own, peer] of [
      [city, county],
      [county, city],
    ] as const) {
      const user = of('city').find(
        ({ kind, metadata }) => kind === 'KafkaUser' && metadata.name === `tier-${own}`,
      );
      const { acls } = user?.spec?.['authorization'] as {
        acls: { resource: { type: string; name: string }; operations: string[] }[];
      };
      expect(
        acls.map(({ resource: { type, name }, operations }) => ({
          resource: type,
          name,
          operations: operations.map((each) => each.toUpperCase()),
        })),
      ).toEqual(linkPermissions(own, peer));
    }
  });

  describe('the rules', () => {
    const spoiled: Readonly<Record<keyof typeof manifestRules, (json: string) => string>> = {
      'an image pinned by its version': (json) =>
        json.replace('liandong/audit:0.1.0', 'liandong/audit:latest'),
      'no user root': (json) => json.replace('"runAsUser":1000', '"runAsUser":0'),
      'no privilege': (json) => json.replace('"drop":["ALL"]', '"drop":[]'),
      'a file system nobody writes to': (json) =>
        json.replace('"readOnlyRootFilesystem":true', '"readOnlyRootFilesystem":false'),
      'no folder of the machine': (json) =>
        json.replace('"volumes":[', '"volumes":[{"name":"host","hostPath":{"path":"/"}},'),
      'no token of the cluster': (json) => json.replace('"automountServiceAccountToken":false,', ''),
      'thirty seconds or more to stop in': (json) =>
        json.replace('"terminationGracePeriodSeconds":45', '"terminationGracePeriodSeconds":5'),
      'requests and limits': (json) => json.replace('"limits":', '"limit":'),
      'all three probes, or an end': (json) => json.replace('"startupProbe"', '"lateProbe"'),
      'a liveness that asks for nothing but the process': (json) =>
        json.replace('/health/live', '/health/ready'),
      'secrets as files, read only': (json) =>
        json.replace('"env":[', '"env":[{"name":"P","valueFrom":{"secretKeyRef":{"name":"s","key":"k"}}},'),
      'only variables that our services read': (json) => json.replace('LIANDONG_CONFIG', 'LIANDONG_CONFG'),
      'one writer, ended before the next begins': (json) =>
        json.replace('"name":"audit"', '"name":"exchange"'),
      'a budget for disruptions where there are several': (json) =>
        json.replace(/"app.kubernetes.io\/component":"audit"/g, '"app.kubernetes.io/component":"auditor"'),
      'a network policy of its own': (json) =>
        json.replace(/"app.kubernetes.io\/component":"audit"/g, '"app.kubernetes.io/component":"auditor"'),
      'only files that there are': (json) =>
        json.replace(/"configMap":\{"name":"tier-[^"]+"/, '"configMap":{"name":"nowhere"'),
    };

    it.each(Object.entries(spoiled))('find what lacks: %s', (rule, spoil) => {
      const changed = of('city').map((manifest) =>
        manifest.kind === 'Deployment' && manifest.metadata.name === 'audit'
          ? (JSON.parse(spoil(JSON.stringify(manifest))) as Manifest)
          : manifest,
      );
      expect(manifestProblems(changed)).toContainEqual(
        expect.stringMatching(new RegExp(`^Deployment \\w+: ${rule}$`)),
      );
    });

    it('find a secret among the manifests, and a network that lets everything through', () => {
      const secret: Manifest = { apiVersion: 'v1', kind: 'Secret', metadata: { name: 's' } };
      expect(manifestProblems([...of('city'), secret])).toEqual(['Secret s: does not belong here']);
      const open = of('city').filter(({ metadata }) => metadata.name !== 'default-deny');
      expect(manifestProblems(open)).toEqual(['everything: nothing denies what is not allowed']);
    });

    it('find a file that Kustomize cannot render', () => {
      const at = path.join(folder, 'kubernetes/overlays/county');
      writeFileSync(path.join(folder, 'kubernetes/base/audit.yaml'), 'kind: [');
      expect(() => rendered(render, at)).toThrow(/cannot be rendered/);
    });
  });
};

const typedAs = (value: string, config: readonly (readonly [string, unknown])[], name: string): unknown =>
  typeof config.find(([key]) => key === name)?.[1] === 'number' ? Number(value) : value;

const secretsOf = (workload: Workload | undefined): readonly string[] =>
  (workload?.spec.template.spec.volumes ?? []).flatMap(({ secret }) =>
    (secret?.items ?? []).map(({ key }) => key),
  );

describe('deploy/kubernetes', () => {
  if (words !== undefined) check(words);
  else
    it('SKIPPED: neither kubectl nor kustomize, so nothing was rendered', () => {
      process.stderr.write(
        '\nSKIPPED: no kubectl and no kustomize on this machine: deploy/kubernetes is not proven.\n\n',
      );
      expect(process.env['CI']).not.toBe('true');
    });
});
