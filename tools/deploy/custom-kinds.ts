/** The fields we set of the kinds that operators bring: of Strimzi 0.49 and later, and of CloudNativePG 1.27. */
type Schema = Readonly<Record<string, unknown>>;

const text: Schema = { type: 'string', minLength: 1 };
const count: Schema = { type: 'integer', minimum: 0 };
const flag: Schema = { type: 'boolean' };
const oneOf = (...values: readonly string[]): Schema => ({ type: 'string', enum: values });
const list = (items: Schema): Schema => ({ type: 'array', minItems: 1, items });
const map = (values: Schema): Schema => ({ type: 'object', additionalProperties: values });

/** An object of exactly these fields; those whose name ends in `?` may be left out. */
const exactly = (fields: Readonly<Record<string, Schema>>): Schema => ({
  type: 'object',
  properties: Object.fromEntries(
    Object.entries(fields).map(([name, schema]) => [name.replace('?', ''), schema]),
  ),
  required: Object.keys(fields).filter((name) => !name.endsWith('?')),
  additionalProperties: false,
});

const metadata = exactly({ name: text, 'namespace?': text, 'labels?': map(text) });
const kind = (apiVersion: string, name: string, spec: Schema): Readonly<Record<string, Schema>> => ({
  [`${apiVersion} ${name}`]: exactly({
    apiVersion: oneOf(apiVersion),
    kind: oneOf(name),
    metadata,
    spec,
  }),
});

const quantities = map({ type: 'string', pattern: '^\\d+(\\.\\d+)?(m|Mi|Gi)?$' });
const resources = exactly({ requests: quantities, limits: quantities });
const strimzi = 'kafka.strimzi.io/v1';
const tls = exactly({ type: oneOf('tls') });

const acl = exactly({
  resource: exactly({ type: oneOf('topic', 'group'), name: text, patternType: oneOf('literal') }),
  operations: list(oneOf('Read', 'Write', 'Describe')),
});

export const customKinds: Readonly<Record<string, Schema>> = {
  ...kind(
    strimzi,
    'KafkaNodePool',
    exactly({
      replicas: count,
      roles: list(oneOf('controller', 'broker')),
      resources,
      storage: exactly({
        type: oneOf('jbod'),
        volumes: list(
          exactly({
            ...{ id: count, type: oneOf('persistent-claim'), size: text, deleteClaim: flag },
            kraftMetadata: oneOf('shared'),
          }),
        ),
      }),
    }),
  ),
  ...kind(
    strimzi,
    'Kafka',
    exactly({
      kafka: exactly({
        ...{ version: text, metadataVersion: text },
        listeners: list(
          exactly({
            ...{ name: text, port: { type: 'integer', minimum: 9092 } },
            ...{ type: oneOf('internal', 'loadbalancer'), tls: flag, authentication: tls },
          }),
        ),
        authorization: exactly({ type: oneOf('simple') }),
        config: map({ type: ['string', 'integer', 'boolean'] }),
      }),
      entityOperator: exactly({ topicOperator: exactly({}), userOperator: exactly({}) }),
    }),
  ),
  ...kind(
    strimzi,
    'KafkaTopic',
    exactly({ partitions: count, replicas: count, config: map({ type: ['string', 'integer'] }) }),
  ),
  ...kind(
    strimzi,
    'KafkaUser',
    exactly({
      authentication: tls,
      authorization: exactly({ type: oneOf('simple'), acls: list(acl) }),
      quotas: exactly({ producerByteRate: count, consumerByteRate: count }),
    }),
  ),
  ...kind(
    'postgresql.cnpg.io/v1',
    'Cluster',
    exactly({
      ...{ instances: count, imageName: text, enableSuperuserAccess: flag },
      ...{ superuserSecret: exactly({ name: text }), minSyncReplicas: count, maxSyncReplicas: count },
      postgresql: exactly({ parameters: map(text) }),
      inheritedMetadata: exactly({ labels: map(text) }),
      storage: exactly({ size: text }),
      resources,
    }),
  ),
};
