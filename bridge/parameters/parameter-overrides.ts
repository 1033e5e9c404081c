import { readFileSync } from 'node:fs';
import { HebbridgeError } from '../../policy/errors.js';
import { parseParameterFile } from './parameter-file.js';
import type { ParameterOverride } from './parse-node-parameters.js';
import type { RosArguments } from './ros-arguments.js';

/**
 * What the command line sets, files read: in its order, so that what stands later wins. (rcl lets an earlier entry
 * for the very node win over a later `-p`; here `-p` does what whoever types it expects.)
 *
 * Throws ERR_FILE_READ, and ERR_PARAMETER_FILE for a file that says nothing to this node.
 */
export function parameterOverrides(ros: RosArguments): ParameterOverride[] {
  return ros.parameters.flatMap((argument): ParameterOverride[] => {
    if (argument.kind === 'file') return readParameterFile(argument.file, ros);
    const { node, name, value } = argument;
    return node === undefined || node === ros.name ? [{ name, value, source: '-p' }] : [];
  });
}

function readParameterFile(file: string, ros: RosArguments): ParameterOverride[] {
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch (error) {
    throw new HebbridgeError('ERR_FILE_READ', `${file}: cannot be read: ${(error as Error).message}`, {
      cause: error,
    });
  }
  return parseParameterFile(text, file, ros);
}
