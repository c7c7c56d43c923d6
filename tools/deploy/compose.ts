import { parseEnvironment } from '@liandong/contracts';
import { Ajv } from 'ajv';
import { parse } from 'yaml';

export type ComposeService = {
  readonly image?: string;
  readonly build?: { readonly dockerfile: string; readonly args: Readonly<Record<string, string>> };
  readonly user?: string;
  readonly profiles?: readonly string[];
  readonly read_only?: boolean;
  readonly privileged?: boolean;
  readonly cap_drop?: readonly string[];
  readonly cap_add?: readonly string[];
  readonly security_opt?: readonly string[];
  readonly restart?: string;
  readonly stop_grace_period?: string;
  readonly environment?: Readonly<Record<string, string>>;
  readonly command?: readonly string[];
  readonly healthcheck?: { readonly disable?: boolean; readonly test?: readonly string[] };
  readonly networks?: readonly string[];
  readonly ports?: readonly string[];
  readonly volumes?: readonly string[];
  readonly configs?: readonly { readonly source: string; readonly target: string }[];
  readonly secrets?: readonly { readonly source: string; readonly target: string }[];
  readonly depends_on?: Readonly<Record<string, { readonly condition: string; readonly required?: boolean }>>;
  readonly deploy?: {
    readonly resources?: { readonly limits?: { readonly cpus?: string; readonly memory?: string } };
  };
};

export type Compose = {
  readonly services: Readonly<Record<string, ComposeService>>;
  readonly networks: Readonly<Record<string, { readonly internal?: boolean }>>;
  readonly volumes: Readonly<Record<string, object>>;
  readonly configs: Readonly<Record<string, { readonly file: string }>>;
  readonly secrets: Readonly<Record<string, { readonly file: string }>>;
};

/** The file as Compose reads it where nobody has set a variable. */
export const readCompose = (text: string): unknown =>
  parse(text.replaceAll(/\$\{\w+:-([^}]*)\}/g, '$1').replaceAll('$$', '$'), {
    merge: true,
    maxAliasCount: -1,
  });

/** What the specification of Compose says of it; a field that it does not know is refused. */
export const specificationProblems = (compose: unknown, schema: object): readonly string[] => {
  // It names its dialect, draft 7, by an address that Ajv does not know.
  const { $schema: _, ...rules } = schema as { readonly $schema?: string };
  const valid = new Ajv({ strict: false, allErrors: true, validateFormats: false }).compile(rules);
  if (valid(compose) === true) return [];
  return (valid.errors ?? []).map(
    ({ instancePath, message, params }) => `${instancePath} ${message} ${JSON.stringify(params)}`,
  );
};

/** Images whose programs write into themselves at the start. */
const writesItself = /^docker\.io\/(apache\/kafka|eventstore\/eventstore):/;

type Rule = (service: ComposeService, compose: Compose, name: string) => boolean;

const isOnce = ({ restart }: ComposeService): boolean => restart === 'on-failure';
const isOurs = ({ image = '' }: ComposeService): boolean => image.startsWith('liandong/');
const ids = ({ user = '' }: ComposeService) => user.split(':');

/** Each by what it asks of a service. */
export const composeRules = {
  'an image pinned by its version': ({ image = '' }) =>
    /^[a-z0-9./-]+:v?\d+(\.\d+)+[a-z0-9.-]*(@sha256:[0-9a-f]{64})?$/.test(image),
  'no user root': (service) => ids(service).length === 2 && ids(service).every((id) => /^[1-9]\d*$/.test(id)),
  'no capability and no new privilege': ({ cap_drop = [], cap_add = [], privileged, security_opt = [] }) =>
    cap_drop.includes('ALL') &&
    cap_add.length === 0 &&
    privileged !== true &&
    security_opt.includes('no-new-privileges:true'),
  'a file system nobody writes to': ({ read_only, image = '' }) =>
    read_only === true || writesItself.test(image),
  'a health check, or an end': (service) =>
    isOnce(service)
      ? service.healthcheck?.disable === true
      : service.healthcheck?.test !== undefined && service.healthcheck.disable !== true,
  'thirty seconds or more to stop in': (service) =>
    isOnce(service) || Number(/^(\d+)s$/.exec(service.stop_grace_period ?? '')?.[1] ?? 0) >= 30,
  'limits of processor and memory': ({ deploy }) =>
    deploy?.resources?.limits?.cpus !== undefined && deploy.resources.limits.memory !== undefined,
  'no port published but the counter’s and the links’': ({ ports = [] }, _, name) =>
    ports.every((port) =>
      name.endsWith('-approval') ? /:8080$/.test(port) : name.endsWith('-exchange') && /:7443$/.test(port),
    ),
  'only variables that our services read': (service) =>
    !isOurs(service) ||
    (Object.keys(service.environment ?? {}).every((variable) => variable.startsWith('LIANDONG_')) &&
      parseEnvironment(service.environment ?? {}).ok),
  'no secret in the environment': ({ environment = {} }) =>
    Object.keys(environment).every((name) => !/PASS|SECRET|TOKEN|KEY/.test(name) || name.endsWith('_FILE')),
  'no folder of the machine': ({ volumes = [] }, compose) =>
    volumes.every((volume) => Object.hasOwn(compose.volumes, volume.split(':')[0] ?? '')),
  'a profile to be started with': ({ profiles = [] }) => profiles.length > 0,
  'what it waits for in good health, or ended well': ({ depends_on = {} }, { services }) =>
    Object.entries(depends_on).every(([name, { condition }]) => {
      const awaited = services[name];
      return (
        awaited !== undefined &&
        condition === (isOnce(awaited) ? 'service_completed_successfully' : 'service_healthy')
      );
    }),
  'what it waits for in all its profiles, or no need of it': (
    { depends_on = {}, profiles = [] },
    { services },
  ) =>
    Object.entries(depends_on).every(
      ([name, { required }]) =>
        required === false || profiles.every((profile) => services[name]?.profiles?.includes(profile)),
    ),
  'only secrets, files and networks that there are': (
    { secrets = [], configs = [], networks = [] },
    compose,
  ) =>
    secrets.every(({ source }) => Object.hasOwn(compose.secrets, source)) &&
    configs.every(({ source }) => Object.hasOwn(compose.configs, source)) &&
    networks.length > 0 &&
    networks.every((network) => Object.hasOwn(compose.networks, network)),
} satisfies Record<string, Rule>;

export const composeProblems = (compose: Compose): readonly string[] => {
  const services = Object.entries(compose.services);
  const used = (kind: 'secrets' | 'configs') =>
    new Set(services.flatMap(([, service]) => (service[kind] ?? []).map(({ source }) => source)));
  return [
    ...services.flatMap(([name, service]) =>
      Object.entries<Rule>(composeRules)
        .filter(([, holds]) => !holds(service, compose, name))
        .map(([rule]) => `${name}: ${rule}`),
    ),
    ...(['secrets', 'configs'] as const).flatMap((kind) =>
      Object.keys(compose[kind])
        .filter((name) => !used(kind).has(name))
        .map((name) => `${kind}.${name}: is given to nobody`),
    ),
  ];
};
