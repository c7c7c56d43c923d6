import { configurationFile } from '@liandong/contracts/environment';

/** What the audit service does is its first argument; each role is a process of its own. */
const roles: Readonly<Record<string, (file: string) => Promise<{ readonly close: () => Promise<void> }>>> = {
  witness: async (file) => {
    const { runWitnesses } = await import('./witness.ts');
    const running = await runWitnesses(file);
    for (const { name, address, vkey } of running.witnesses)
      console.log(`见证服务 witness ${name}: ${address} ${vkey}`);
    return running;
  },
  // Loaded by this role alone: a witness is to be a small process.
  serve: async (file) => (await import('./serve.ts')).serve(file),
};

try {
  const [role = '', given] = process.argv.slice(2);
  const start = Object.hasOwn(roles, role) ? roles[role] : undefined;
  const file = configurationFile(given, process.env);
  if (start === undefined || file === undefined) {
    console.error(
      '用法 Usage: node apps/audit/dist/main.js witness <见证配置文件 witness configuration>\n' +
        '           node apps/audit/dist/main.js serve <层级配置文件 tier configuration>',
    );
    process.exit(2);
  }
  let running: Awaited<ReturnType<typeof start>> | undefined = undefined;
  // From the first moment: nobody else ends the first process of a container.
  // `disconnect`: whoever started it with a channel to it is gone.
  for (const signal of ['SIGINT', 'SIGTERM', 'disconnect'] as const)
    process.once(signal, () => {
      // Nothing was promised to anybody yet.
      if (running === undefined) process.exit(1);
      running.close().then(
        () => process.exit(0),
        () => process.exit(1),
      );
    });
  running = await start(file);
} catch (error) {
  console.error((error as Error).message);
  process.exit(1);
}
