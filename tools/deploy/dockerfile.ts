export type Instruction = { readonly name: string; readonly text: string; readonly line: number };

export type Stage = {
  readonly from: string;
  readonly as: string;
  readonly instructions: readonly Instruction[];
};

export type Dockerfile = { readonly globals: readonly Instruction[]; readonly stages: readonly Stage[] };

const known =
  /^(ADD|ARG|CMD|COPY|ENTRYPOINT|ENV|EXPOSE|FROM|HEALTHCHECK|LABEL|RUN|STOPSIGNAL|USER|VOLUME|WORKDIR)$/;

/** As much of the language as our file uses: no heredocs, no other escape. Throws on a word it does not know. */
export const parseDockerfile = (text: string): Dockerfile => {
  const stages: { from: string; as: string; instructions: Instruction[] }[] = [];
  const globals: Instruction[] = [];
  for (const instruction of instructionsIn(text)) {
    if (!known.test(instruction.name))
      throw new Error(`line ${instruction.line}: ${instruction.name} is no instruction`);
    if (instruction.name === 'FROM') {
      const [from = '', , as = ''] = instruction.text.split(/\s+/);
      stages.push({ from, as, instructions: [] });
    } else (stages.at(-1)?.instructions ?? globals).push(instruction);
  }
  return { globals, stages };
};

const instructionsIn = (text: string): readonly Instruction[] => {
  const found: Instruction[] = [];
  let open: Instruction | undefined;
  for (const [n, raw] of text.split('\n').entries()) {
    if (/^\s*(#|$)/.test(raw)) continue;
    const goesOn = raw.endsWith('\\');
    const said = (goesOn ? raw.slice(0, -1) : raw).trim();
    const [name = '', rest = ''] = /^(\S+)\s*(.*)$/s.exec(said)?.slice(1) ?? [];
    const whole: Instruction =
      open === undefined ? { name, text: rest, line: n + 1 } : { ...open, text: `${open.text} ${said}` };
    if (!goesOn) found.push(whole);
    open = goesOn ? whole : undefined;
  }
  return found;
};

/** Names filled in as Docker does it: `${NAME}` and `$NAME`; one that is not set is empty. */
export const filled = (text: string, names: Readonly<Record<string, string>>): string =>
  text.replaceAll(
    /\$\{(\w+)\}|\$(\w+)/g,
    (_, braced?: string, bare?: string) => names[braced ?? bare ?? ''] ?? '',
  );

/** What an image must be, by its last stage. */
export const dockerfileRules: Readonly<Record<string, (file: Dockerfile) => boolean>> = {
  'is built on images pinned by version': ({ globals, stages }) => {
    const names = Object.fromEntries(
      globals.map(({ text }) => text.split('=')).map(([name = '', value = '']) => [name, value]),
    );
    return stages.every(({ from }) =>
      /:\d+\.\d+\.\d+[a-z0-9.-]*(@sha256:[0-9a-f]{64})?$/.test(filled(from, names)),
    );
  },
  'runs as nobody’s root': ({ stages }) => /^[1-9]\d*:[1-9]\d*$/.test(last(stages, 'USER') ?? ''),
  'is stopped by the signal its program hears': ({ stages }) => last(stages, 'STOPSIGNAL') === 'SIGTERM',
  'says how it is': ({ stages }) =>
    /CMD \["node", "\/app\/deploy\/docker\/healthy\.mjs"\]$/.test(last(stages, 'HEALTHCHECK') ?? ''),
  'starts its program without a shell between': ({ stages }) => /^\[.*\]$/.test(last(stages, 'CMD') ?? ''),
  'takes nothing from the network but packages': ({ stages }) =>
    stages.every(({ instructions }) =>
      instructions.every(({ name, text }) => name !== 'ADD' && !/curl|wget|apt/.test(text)),
    ),
};

const last = (stages: readonly Stage[], name: string): string | undefined =>
  stages.at(-1)?.instructions.findLast((instruction) => instruction.name === name)?.text;
