import { runWitnesses } from './witness.ts';

/** What the audit service does is its first argument; each role is a process of its own. */
const [role, file] = process.argv.slice(2);
if (role !== 'witness' || file === undefined) {
  console.error('用法 Usage: node apps/audit/dist/main.js witness <见证配置文件 witness configuration>');
  process.exit(2);
}

try {
  const running = await runWitnesses(file);
  for (const { name, address, vkey } of running.witnesses)
    console.log(`见证服务 witness ${name}: ${address} ${vkey}`);
  // `disconnect`: whoever started it with a channel to it is gone.
  for (const signal of ['SIGINT', 'SIGTERM', 'disconnect'] as const)
    process.once(signal, () => {
      running.close().then(
        () => process.exit(0),
        () => process.exit(1),
      );
    });
} catch (error) {
  console.error((error as Error).message);
  process.exit(1);
}
