/** Which files of a build's context are left out: the last line that fits a file, or a folder it is in, decides. */
export const ignored = (text: string): ((file: string) => boolean) => {
  const rules = text
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '' && !line.startsWith('#'))
    .map((line) => ({ leftOut: !line.startsWith('!'), pattern: shapeOf(line.replace(/^!/, '')) }));
  return (file) => {
    const inside = file.split('/').map((_, n, parts) => parts.slice(0, n + 1).join('/'));
    return rules.reduce(
      (before, { leftOut, pattern }) => (inside.some((part) => pattern.test(part)) ? leftOut : before),
      false,
    );
  };
};

// One star is anything but a slash, names that begin with a dot included; two are any folders, or none.
const shapeOf = (pattern: string): RegExp => {
  const escaped = pattern.replaceAll(/[.+?^${}()|[\]\\]/g, '\\$&');
  const folders = escaped.split('**/').map((part) => part.replaceAll('*', '[^/]*'));
  return new RegExp(`^${folders.join('(?:.*/)?')}$`);
};
