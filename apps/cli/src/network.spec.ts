import { afterAll, describe, expect, it } from '@jest/globals';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { Complaint } from './complaint.ts';
import { readAddresses, tierAt } from './network.ts';

const folder = mkdtempSync(path.join(tmpdir(), 'cli-network-'));
afterAll(() => rmSync(folder, { recursive: true }));

const file = (name: string, content: unknown): string => {
  const at = path.join(folder, name);
  writeFileSync(at, typeof content === 'string' ? content : JSON.stringify(content));
  return at;
};
const at = (tier: string) => ({ tier, approval: 'http://127.0.0.1:1', exchange: 'http://127.0.0.1:2' });
const good = file('good.json', { network: 'n.example', tiers: [at('431000'), at('431021')] });

describe('the addresses of a network', () => {
  it('are read from the file the option names, else from the one the environment names', () => {
    const other = file('other.json', { network: 'other.example', tiers: [at('431000')] });
    const environment = { LIANDONG_NETWORK: other };
    expect(readAddresses(good, environment).network).toBe('n.example');
    expect(readAddresses(undefined, environment).network).toBe('other.example');
  });

  it.each([
    ['is missing', path.join(folder, 'nowhere.json'), /There is no network at .*nowhere\.json.*npm start/s],
    ['is no JSON', file('torn.json', '{"network":'), /torn\.json cannot be read/],
    [
      'is something else',
      file('else.json', { network: 'x' }),
      /not a file of network addresses:\n {2}tiers: /,
    ],
    ['has no tier', file('empty.json', { network: 'x', tiers: [] }), /tiers: /],
    [
      'has a bad address',
      file('bad.json', { network: 'x', tiers: [{ ...at('431000'), approval: 'here' }] }),
      /tiers\.0\.approval: /,
    ],
  ])('are complained about where the file %s', (_, given, message) => {
    const read = () => readAddresses(given, {});
    expect(read).toThrow(Complaint);
    expect(read).toThrow(message);
  });

  it('give the first tier unless one is named, and name those there are', () => {
    const addresses = readAddresses(good, {});
    expect(tierAt(addresses, undefined).tier).toBe('431000');
    expect(tierAt(addresses, '431021').tier).toBe('431021');
    expect(() => tierAt(addresses, '430000')).toThrow(/430000 is not in this network: 431000, 431021/);
  });
});
