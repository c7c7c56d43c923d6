import { createRequire } from 'node:module';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { type Counter, openCounter } from '../../test/counter.ts';
import { county } from '../../test/sample-case.ts';
import { caseAction, policy } from '../identity/policy.ts';
import { doorCommandNames } from '@liandong/contracts';
import { approvalDocument, approvalOperations } from './operations.ts';

let counter: Counter;
beforeAll(async () => {
  counter = await openCounter();
});
afterAll(() => counter.close());

describe('the document of the approval service', () => {
  it('passes a linter of others', () => {
    const folder = mkdtempSync(join(tmpdir(), 'openapi-'));
    writeFileSync(join(folder, 'openapi.json'), JSON.stringify(approvalDocument(county)));
    const cli = createRequire(import.meta.url)
      .resolve('@redocly/cli/package.json')
      .replace('package.json', 'bin/cli.js');
    const { stdout, stderr, status } = spawnSync(
      process.execPath,
      [cli, 'lint', 'openapi.json', '--extends', 'recommended', '--format', 'stylish'],
      {
        cwd: folder,
        encoding: 'utf8',
        env: {
          ...process.env,
          REDOCLY_TELEMETRY: 'off',
          REDOCLY_SUPPRESS_UPDATE_NOTICE: 'true',
          NODE_OPTIONS: '',
        },
      },
    );
    rmSync(folder, { recursive: true });
    expect([status, `${stdout}${stderr}`]).toEqual([0, expect.not.stringMatching(/warning/i)]);
  });

  it('names every route of the service, and no route that is not there', () => {
    const served = routesOf(counter);
    const documented = approvalOperations
      .map(({ method, path }) => `${method.toUpperCase()} ${path.replaceAll(/\{(\w+)\}/g, ':$1')}`)
      .map((route) => route.replace(/\/commands\/\w+$/, '/commands/:command'));
    expect([...new Set(documented)].sort()).toEqual(served);
  });

  it('names every command a person may give, and each is in the policy', () => {
    for (const name of doorCommandNames) {
      const action = caseAction(name);
      expect([name, action]).toEqual([name, `case.${name}`]);
      if (action !== undefined) expect(policy[action].length).toBeGreaterThan(0);
    }
    const given = Object.keys(policy).filter(
      (action) => action.startsWith('case.') && caseAction(action.slice(5)) !== undefined,
    );
    expect(given.map((action) => action.slice(5)).sort()).toEqual([...doorCommandNames].sort());
  });

  it('is served to everyone, with a page to read it', async () => {
    expect(await (await fetch(`${counter.url}/openapi.json`)).json()).toEqual(
      JSON.parse(JSON.stringify(approvalDocument(county))),
    );
    expect((await fetch(`${counter.url}/docs`)).status).toBe(200);
  });

  it('opens no operation but those it says are open', async () => {
    for (const { method, path, open } of approvalOperations) {
      const url = `${counter.url}${path.replaceAll(/\{caseId\}/g, `case-${'0'.repeat(32)}`).replaceAll(/\{item\}/g, '1')}`;
      const { status } = await fetch(url, { method: method.toUpperCase() });
      expect([path, status]).toEqual([path, open === true ? 200 : 401]);
    }
  });
});

/** Every route the router knows, as `METHOD /path/:parameter`. */
const routesOf = ({ app }: Counter): string[] => {
  const tree = app.getHttpAdapter().getInstance() as { printRoutes: (options: object) => string };
  const routes: string[] = [];
  const stack: string[] = [];
  for (const line of tree.printRoutes({ commonPrefix: false }).split('\n')) {
    const [, indent = '', segment = '', methods = ''] = /^([│├└─\s]*)(\S+)(?: \(([^)]+)\))?/.exec(line) ?? [];
    if (segment === '') continue;
    const depth = indent.length / 4;
    stack.length = depth;
    stack[depth] = segment;
    const path = stack.join('');
    for (const method of methods.split(', ').filter((each) => each === 'GET' || each === 'POST'))
      if (/^\/(v1|health)/.test(path)) routes.push(`${method} ${path}`);
  }
  return [...new Set(routes)].sort();
};
