// Compiles the AssemblyScript kernel and writes it as a TypeScript module, so that loading it needs no file.
import { writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import asc from 'assemblyscript/asc';

const folder = fileURLToPath(new URL('.', import.meta.url));
const { error, stderr, binary } = await (async () => {
  let bytes;
  const result = await asc.main(
    [
      'assembly/index.ts',
      '--baseDir',
      folder,
      '-O3',
      '--noAssert',
      '--runtime',
      'stub',
      '--enable',
      'simd',
      '--importMemory',
      '--outFile',
      'plastic-step.wasm',
    ],
    {
      writeFile: (name, contents) => {
        if (name.endsWith('.wasm')) bytes = contents;
      },
    },
  );
  return { ...result, binary: bytes };
})();
if (error || !binary) {
  console.error(String(stderr ?? error));
  process.exit(1);
}
writeFileSync(
  new URL('plastic-step.generated.ts', import.meta.url),
  `// Built by policy/kernel/build.mjs from assembly/; not tracked.\nexport const PLASTIC_STEP_WASM =\n  '${Buffer.from(binary).toString('base64')}';\n`,
);
