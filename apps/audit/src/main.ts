import { runService } from '@liandong/assembly/process';

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

const [role = '', given] = process.argv.slice(2);

await runService({
  usage:
    '用法 Usage: node apps/audit/dist/main.js witness <见证配置文件 witness configuration>\n' +
    '           node apps/audit/dist/main.js serve <层级配置文件 tier configuration>',
  given,
  start: Object.hasOwn(roles, role) ? roles[role] : undefined,
  // `disconnect`: whoever started it with a channel to it is gone.
  ends: ['SIGINT', 'SIGTERM', 'disconnect'],
});
