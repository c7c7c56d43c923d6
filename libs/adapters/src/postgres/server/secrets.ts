import { randomBytes } from 'node:crypto';
import { existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs';

/** Passwords by role, made when first asked for and kept in one file that only its owner reads. */
export type Secrets = { readonly password: (role: string) => string };

export const secretsIn = (file: string): Secrets => {
  const passwords: Record<string, string> = existsSync(file)
    ? (JSON.parse(readFileSync(file, 'utf8')) as Record<string, string>)
    : {};
  return {
    password: (role) => {
      const known = passwords[role];
      if (known !== undefined) return known;
      const made = randomBytes(24).toString('base64url');
      passwords[role] = made;
      // Whole or not at all: a half-written file would lock the owner out.
      writeFileSync(`${file}.new`, JSON.stringify(passwords, undefined, 2), { mode: 0o600, flush: true });
      renameSync(`${file}.new`, file);
      return made;
    },
  };
};
