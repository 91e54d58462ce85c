// The gateway of examples/d1_gateway with many local D1 databases: node d1_server.mjs MINIFLARE WORKER PORT TOKEN COUNT FOLDER
import { readFileSync } from 'node:fs';
import { pathToFileURL } from 'node:url';

const [miniflare, worker, port, token, count, folder] = process.argv.slice(2);
const { Miniflare } = await import(pathToFileURL(miniflare));
const names = Array.from({ length: Number(count) }, (_, number) => `DB_${number}`);
const server = new Miniflare({
  modules: true,
  script: readFileSync(worker, 'utf8'),
  host: '127.0.0.1',
  port: Number(port),
  compatibilityDate: '2025-09-01',
  bindings: { TOKEN: token },
  d1Databases: Object.fromEntries(names.map((name) => [name, name])),
  d1Persist: folder,
});
await server.ready;
for (const signal of ['SIGQUIT', 'SIGTERM']) {
  process.on(signal, async () => {
    await server.dispose();
    process.exit(0);
  });
}
console.log('ready');
