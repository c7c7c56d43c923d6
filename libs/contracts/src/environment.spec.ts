import { describe, expect, it } from '@jest/globals';
import { configurationFile, parseEnvironment } from './environment.ts';

describe('the environment of a service', () => {
  it('is what is named for us; what others give a process is none of ours', () => {
    expect(parseEnvironment({ LIANDONG_CONFIG: '/etc/liandong/tier.json', PATH: '/bin' })).toEqual({
      ok: true,
      value: { LIANDONG_CONFIG: '/etc/liandong/tier.json' },
    });
  });

  it('is refused for a variable that nobody reads, and for a value that means nothing', () => {
    expect(parseEnvironment({ LIANDONG_CONFG: '/etc/liandong/tier.json' })).toMatchObject({
      refusal: { problems: [{ rule: expect.stringContaining('LIANDONG_CONFG') as unknown }] },
    });
    expect(parseEnvironment({ LIANDONG_APP: 'console' })).toMatchObject({
      refusal: { problems: [{ field: 'LIANDONG_APP' }] },
    });
  });

  it('names the configuration where the command line does not', () => {
    const environment = { LIANDONG_CONFIG: '/etc/liandong/tier.json' };
    expect(configurationFile('./other.json', environment)).toBe('./other.json');
    expect(configurationFile(undefined, environment)).toBe('/etc/liandong/tier.json');
    expect(configurationFile(undefined, {})).toBeUndefined();
    expect(() => configurationFile('./tier.json', { LIANDONG_PORT: '1' })).toThrow(/LIANDONG_PORT/);
  });
});
