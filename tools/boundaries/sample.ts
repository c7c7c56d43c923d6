/** A text that is not on disk, and the rules it breaks. */
export type Sample = {
  readonly name: string;
  readonly file: string;
  readonly code: string;
  readonly typed?: boolean;
  /** The rules that must fire, in any order; none for a legal sample. */
  readonly fires: readonly string[];
};

export const imports = (specifier: string) => `import { x } from '${specifier}';\nexport { x };\n`;
export const sample = (
  name: string,
  file: string,
  code: string,
  fires: readonly string[],
  typed = false,
): Sample => ({ name, file, code, fires, typed });
