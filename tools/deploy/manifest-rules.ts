import { parseEnvironment } from '@liandong/contracts';
import type { Manifest } from './render.ts';

type Probe = {
  readonly httpGet?: { readonly path: string };
  readonly exec?: object;
  readonly tcpSocket?: object;
};

export type Container = {
  readonly name: string;
  readonly image: string;
  readonly args?: readonly string[];
  readonly env?: readonly { readonly name: string; readonly value?: string; readonly valueFrom?: object }[];
  readonly ports?: readonly { readonly name: string; readonly containerPort: number }[];
  readonly startupProbe?: Probe;
  readonly readinessProbe?: Probe;
  readonly livenessProbe?: Probe;
  readonly resources?: {
    readonly requests?: object;
    readonly limits?: { readonly cpu?: string; readonly memory?: string };
  };
  readonly securityContext?: {
    readonly allowPrivilegeEscalation?: boolean;
    readonly readOnlyRootFilesystem?: boolean;
    readonly privileged?: boolean;
    readonly capabilities?: { readonly drop?: readonly string[]; readonly add?: readonly string[] };
  };
  readonly volumeMounts?: readonly {
    readonly name: string;
    readonly mountPath: string;
    readonly readOnly?: boolean;
  }[];
};

export type Volume = {
  readonly name: string;
  readonly secret?: {
    readonly secretName: string;
    readonly items?: readonly { readonly key: string; readonly path: string }[];
  };
  readonly configMap?: { readonly name: string };
  readonly hostPath?: object;
};

export type Pod = {
  readonly automountServiceAccountToken?: boolean;
  readonly hostNetwork?: boolean;
  readonly terminationGracePeriodSeconds?: number;
  readonly securityContext?: {
    readonly runAsNonRoot?: boolean;
    readonly runAsUser?: number;
    readonly seccompProfile?: { readonly type: string };
  };
  readonly initContainers?: readonly Container[];
  readonly containers: readonly Container[];
  readonly volumes?: readonly Volume[];
};

export type Workload = Manifest & {
  readonly spec: {
    readonly replicas?: number;
    readonly strategy?: { readonly type: string };
    readonly template: {
      readonly metadata: { readonly labels: Readonly<Record<string, string>> };
      readonly spec: Pod;
    };
  };
};

export const isWorkload = (manifest: Manifest): manifest is Workload =>
  ['Deployment', 'StatefulSet', 'DaemonSet', 'Job'].includes(manifest.kind);

const isOurs = ({ image }: Container) => image.startsWith('liandong/');

/** What a tier does through these is one writer's work. */
const single = new Set(['approval', 'supervision', 'exchange']);

type Rule = (workload: Workload, container: Container, pod: Pod, all: readonly Manifest[]) => boolean;

/** Each by what it asks of every container of every workload. */
export const manifestRules = {
  'an image pinned by its version': (_, { image }) =>
    /^[a-z0-9./-]+:v?\d+(\.\d+)+[a-z0-9.-]*(@sha256:[0-9a-f]{64})?$/.test(image),
  'no user root': (_, __, { securityContext: at }) => at?.runAsNonRoot === true && (at.runAsUser ?? 0) > 0,
  'no privilege': (_, { securityContext: at }, pod) =>
    at?.allowPrivilegeEscalation === false &&
    at.privileged !== true &&
    at.capabilities?.drop?.includes('ALL') === true &&
    (at.capabilities.add ?? []).length === 0 &&
    pod.hostNetwork !== true &&
    pod.securityContext?.seccompProfile?.type === 'RuntimeDefault',
  'a file system nobody writes to': (_, { securityContext }) =>
    securityContext?.readOnlyRootFilesystem === true,
  'no folder of the machine': (_, __, { volumes = [] }) =>
    volumes.every(({ hostPath }) => hostPath === undefined),
  'no token of the cluster': (_, __, { automountServiceAccountToken }) =>
    automountServiceAccountToken === false,
  'thirty seconds or more to stop in': (_, __, { terminationGracePeriodSeconds: seconds = 0 }) =>
    seconds >= 30,
  'requests and limits': (_, { resources }) =>
    resources?.requests !== undefined &&
    resources.limits?.cpu !== undefined &&
    resources.limits.memory !== undefined,
  'all three probes, or an end': ({ kind }, { startupProbe, readinessProbe, livenessProbe }) =>
    kind === 'Job' || [startupProbe, readinessProbe, livenessProbe].every((probe) => probe !== undefined),
  'a liveness that asks for nothing but the process': (_, container) =>
    !isOurs(container) ||
    container.livenessProbe === undefined ||
    container.livenessProbe.httpGet?.path === '/health/live',
  'secrets as files, read only': (_, { env = [], volumeMounts = [] }, { volumes = [] }) =>
    env.every(({ valueFrom }) => !JSON.stringify(valueFrom ?? {}).includes('secretKeyRef')) &&
    volumes
      .filter(({ secret }) => secret !== undefined)
      .every(({ name }) => volumeMounts.find((mount) => mount.name === name)?.readOnly === true),
  'only variables that our services read': (_, container) =>
    !isOurs(container) ||
    ((container.env ?? []).every(({ name }) => name.startsWith('LIANDONG_')) &&
      parseEnvironment(Object.fromEntries((container.env ?? []).map(({ name, value = '' }) => [name, value])))
        .ok),
  'one writer, ended before the next begins': ({ metadata: { name }, spec }) =>
    !single.has(name) || (spec.replicas === 1 && spec.strategy?.type === 'Recreate'),
  'a budget for disruptions where there are several': ({ spec }, _, __, all) =>
    (spec.replicas ?? 1) < 2 ||
    all.some(
      ({ kind, spec: budget }) =>
        kind === 'PodDisruptionBudget' &&
        budget?.['maxUnavailable'] === 1 &&
        selects(budget['selector'], spec.template.metadata.labels),
    ),
  'a network policy of its own': ({ spec }, _, __, all) =>
    all.some(
      ({ kind, spec: policy }) =>
        kind === 'NetworkPolicy' &&
        JSON.stringify(policy?.['podSelector']) !== '{}' &&
        selects(policy?.['podSelector'], spec.template.metadata.labels),
    ),
  'only files that there are': (_, { volumeMounts = [] }, { volumes = [] }, all) =>
    volumes.every(
      ({ configMap }) =>
        configMap === undefined ||
        configMap.name === 'eventstore-ca' ||
        all.some(({ kind, metadata }) => kind === 'ConfigMap' && metadata.name === configMap.name),
    ) && volumes.every(({ name }) => volumeMounts.some((mount) => mount.name === name)),
} satisfies Record<string, Rule>;

const selects = (selector: unknown, labels: Readonly<Record<string, string>>): boolean => {
  const wanted = (selector as { readonly matchLabels?: Readonly<Record<string, string>> } | undefined)
    ?.matchLabels;
  return wanted !== undefined && Object.entries(wanted).every(([name, value]) => labels[name] === value);
};

export const manifestProblems = (all: readonly Manifest[]): readonly string[] => {
  const broken = all.filter(isWorkload).flatMap((workload) => {
    const pod = workload.spec.template.spec;
    return [...(pod.initContainers ?? []), ...pod.containers].flatMap((container) =>
      Object.entries<Rule>(manifestRules)
        .filter(([, holds]) => !holds(workload, container, pod, all))
        .map(([rule]) => `${workload.kind} ${workload.metadata.name}: ${rule}`),
    );
  });
  const denies = all.some(
    ({ kind, spec }) =>
      kind === 'NetworkPolicy' &&
      JSON.stringify(spec) === JSON.stringify({ podSelector: {}, policyTypes: ['Ingress', 'Egress'] }),
  );
  const secrets = all
    .filter(({ kind }) => kind === 'Secret')
    .map(({ metadata }) => `Secret ${metadata.name}: does not belong here`);
  return [...broken, ...secrets, ...(denies ? [] : ['everything: nothing denies what is not allowed'])];
};
