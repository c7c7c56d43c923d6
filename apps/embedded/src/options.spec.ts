import { describe, expect, it } from '@jest/globals';
import path from 'node:path';
import { readOptions } from './options.ts';

describe('the options of npm start', () => {
  it('are a folder beside the program, fixed ports and three tiers, superiors first', () => {
    expect(readOptions([])).toEqual({
      demo: false,
      folder: path.resolve('.liandong'),
      port: 7310,
      ...{ audit: false, speed: 1 },
      engine: 'embedded',
      brokers: [],
      tiers: ['431000', '431021', '431021106'],
    });
  });

  it('take free ports for a demonstration', () => {
    expect(readOptions(['--demo'])).toMatchObject({ demo: true, port: 0 });
  });

  it('open the auditors’ doors where that is asked for', () => {
    expect(readOptions(['--audit'])).toMatchObject({ audit: true });
    expect(readOptions(['--speed', '86400'])).toMatchObject({ speed: 86_400 });
    for (const speed of ['0', '-1', 'fast', '1e9'])
      expect(() => readOptions([`--speed=${speed}`])).toThrow('--speed: a number from 1 to 1000000');
  });

  it('carry the links over Kafka where that is asked for', () => {
    expect(readOptions(['--engine', 'kafka'])).toMatchObject({ engine: 'kafka', brokers: [] });
    expect(readOptions(['--engine', 'kafka', '--brokers', 'a:1,b:2'])).toMatchObject({
      brokers: ['a:1', 'b:2'],
    });
  });

  it('bring further tiers with the superiors that link them', () => {
    expect(readOptions(['--tiers', '431022101,431022'])).toMatchObject({
      tiers: ['431000', '431021', '431022', '431021106', '431022101'],
    });
  });

  it('explain themselves', () => {
    expect(readOptions(['--help'])).toBe('help');
  });

  it.each([
    [['--port', 'x'], /--port: .*0.*65000/],
    [['--port', '-1'], /--port/],
    [['--port', '65001'], /--port: .*0.*65000/],
    [['--port', '80.5'], /--port: .*0.*65000/],
    [['--tiers', '999999'], /--tiers: .*999999/],
    [['--tiers', '430100'], /--tiers: .*430100.*431000/],
    [['--demo', '--data', 'x'], /--demo .*--data/],
    [['--demo', '--port', '1'], /--demo .*--port/],
    [['--engine', 'pigeon'], /--engine: embedded or kafka or kurrent, not pigeon/],
    [['--engine', 'kurrent'], /--engine kurrent needs --kurrent/],
    [['--kurrent', 'esdb://a:1'], /--kurrent goes with --engine kurrent/],
    [['--brokers', 'a:1'], /--brokers goes with --engine kafka/],
    [['--engine', 'kafka', '--brokers', 'a'], /--brokers: addresses host:port/],
    [['--nonsense'], /--nonsense/],
    [['word'], /word/],
  ])('refuse %j, naming the option and the rule', (args, message) => {
    expect(() => readOptions(args)).toThrow(message);
  });
});
