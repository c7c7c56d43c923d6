import path from 'node:path';
import ts from 'typescript';
import { type Block, root } from './pages.ts';

/** What the compiler says about each block, under the options of the project itself. */
export const compileBlocks = (blocks: readonly Block[]): readonly string[] => {
  const virtual = new Map(
    blocks.map((block, n) => [
      path.join(root, `docs-block-${n}.ts`),
      { block, text: `${block.code}\nexport {};\n` },
    ]),
  );
  const { config } = ts.readConfigFile(path.join(root, 'tsconfig.check.json'), (file) =>
    ts.sys.readFile(file),
  ) as {
    config: unknown;
  };
  const { options } = ts.parseJsonConfigFileContent(
    { ...(config as object), include: [], files: ['x.ts'] },
    ts.sys,
    root,
  );

  const host = ts.createCompilerHost(options);
  const { fileExists, readFile, getSourceFile } = host;
  host.fileExists = (file) => virtual.has(path.normalize(file)) || fileExists.call(host, file);
  host.readFile = (file) => virtual.get(path.normalize(file))?.text ?? readFile.call(host, file);
  host.getSourceFile = (file, languageVersion, ...rest) => {
    const text = virtual.get(path.normalize(file))?.text;
    return text === undefined
      ? getSourceFile.call(host, file, languageVersion, ...rest)
      : ts.createSourceFile(file, text, languageVersion);
  };

  const program = ts.createProgram([...virtual.keys()], options, host);
  return [...virtual].flatMap(([name, { block }]) => {
    const source = program.getSourceFile(name);
    return [...program.getSyntacticDiagnostics(source), ...program.getSemanticDiagnostics(source)].map(
      ({ messageText }) =>
        `${block.file}:${block.line}: ${ts.flattenDiagnosticMessageText(messageText, '\n')}`,
    );
  });
};
