// Runs program.py in Pyodide with a real local D1 binding handed in, as in a Python Worker:
// node pyodide.mjs PYODIDE MINIFLARE WHEEL PROJECT PACKAGES
import { readFileSync } from 'node:fs';
import { pathToFileURL } from 'node:url';

const [pyodide, miniflare, wheel, project, packages] = process.argv.slice(2);
const { loadPyodide } = await import(pathToFileURL(pyodide));
const { Miniflare } = await import(pathToFileURL(miniflare));
// Errors of Pyodide's own come with a megabyte of its source.
process.on('uncaughtException', (error) => {
  console.error(String(error.message).slice(-4000));
  process.exit(1);
});
const server = new Miniflare({
  modules: true,
  script: 'export default { fetch: () => new Response("") }',
  compatibilityDate: '2025-09-01',
  d1Databases: { DB: 'worker' },
});
let code = 0;
try {
  const python = await loadPyodide();
  python.FS.mkdirTree('/compiled');
  python.unpackArchive(new Uint8Array(readFileSync(wheel)), 'wheel', { extractDir: '/compiled' });
  python.mountNodeFS('/project', project);
  python.mountNodeFS('/packages', packages);
  python.globals.set('DB', await server.getD1Database('DB'));
  // What was compiled for this Python stands before what was compiled for the machine's.
  await python.runPythonAsync("import sys; sys.path[:0] = ['/compiled', '/project', '/packages']; sys.dont_write_bytecode = True");
  console.log(await python.runPythonAsync('from tests.worker.program import main\nawait main(DB)'));
} catch (error) {
  console.error(String(error.message).slice(-4000));
  code = 1;
} finally {
  await server.dispose();
}
process.exit(code);
