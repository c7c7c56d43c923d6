/** 统一社会信用代码, GB 32100-2015: 17 characters and one that checks them. */
const alphabet = '0123456789ABCDEFGHJKLMNPQRTUWXY';

export const isCreditCode = (code: string): boolean =>
  code.length === 18 && checkCharacter(code.slice(0, 17)) === code.charAt(17);

/** Completes a code; `undefined` if the first 17 characters are not of the alphabet. */
export const creditCode = (first17: string): string | undefined => {
  const check = checkCharacter(first17);
  return check === undefined ? undefined : first17 + check;
};

const checkCharacter = (first17: string): string | undefined => {
  if (first17.length !== 17) return undefined;
  let sum = 0;
  let weight = 1;
  for (const character of first17) {
    const value = alphabet.indexOf(character);
    if (value < 0) return undefined;
    sum += value * weight;
    weight = (weight * 3) % 31;
  }
  return alphabet.charAt((31 - (sum % 31)) % 31);
};
