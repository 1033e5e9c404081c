import { HebbridgeError } from '../errors.js';

/**
 * Import an inference engine that is an optional peer of hebbridge.
 *
 * @param packageName npm name; not a literal at the call to `import`, so that nothing resolves it ahead of time
 * @param install the packages that the user should install
 * @throws HebbridgeError ERR_ENGINE_MISSING if it is not installed or does not load on this machine
 */
export async function importEngine(packageName: string, install = packageName): Promise<unknown> {
  try {
    return await import(/* @vite-ignore */ packageName);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new HebbridgeError(
      'ERR_ENGINE_MISSING',
      `this model needs ${packageName}: npm install ${install} (it does not load: ${reason})`,
      { cause: error },
    );
  }
}
