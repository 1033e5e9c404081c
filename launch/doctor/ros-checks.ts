import { existsSync } from 'node:fs';
import path from 'node:path';
import type { Check } from './check.js';
import type { InstalledPackage } from './package-checks.js';

type Environment = Readonly<Record<string, string | undefined>>;

/** The packages whose messages and services the node uses. */
export const MESSAGE_PACKAGES = [
  'std_msgs',
  'sensor_msgs',
  'nav_msgs',
  'trajectory_msgs',
  'diagnostic_msgs',
  'std_srvs',
  'rosgraph_msgs',
  'lifecycle_msgs',
] as const;

const SOURCE = 'source /opt/ros/jazzy/setup.bash';

export function isSourced(environment: Environment): boolean {
  return Boolean(environment['AMENT_PREFIX_PATH'] && environment['ROS_DISTRO']);
}

/** Folders that ROS 2 looks in, the first one first. */
function prefixes(environment: Environment): string[] {
  return (environment['AMENT_PREFIX_PATH'] ?? '').split(path.delimiter).filter(Boolean);
}

export function checkDistribution(environment: Environment): Check {
  const subject = 'ROS 2';
  if (!isSourced(environment)) {
    const found = 'none is sourced';
    return { subject, result: 'missing', found, advice: `${SOURCE}, for robots on ROS 2`, needed: false };
  }
  const distribution = environment['ROS_DISTRO']!;
  const lost = prefixes(environment).filter((prefix) => !existsSync(prefix));
  if (lost.length === 0) return { subject, result: 'ok', found: distribution, needed: false };
  const found = `${distribution}, but ${lost.join(', ')} of AMENT_PREFIX_PATH does not exist`;
  return { subject, result: 'problem', found, advice: 'source it again, in a new shell', needed: false };
}

/** What rclnodejs would load without building anything; `codename`: of the Linux distribution, `noble`. */
export function builtAddon(
  { folder }: InstalledPackage,
  environment: Environment,
  machine: { readonly platform: string; readonly arch: string; readonly codename: string | undefined },
): string | undefined {
  const { platform, arch, codename } = machine;
  const prebuilt = `${environment['ROS_DISTRO'] ?? ''}-${codename ?? ''}-${arch}-node-rclnodejs.node`;
  return [
    path.join(folder, 'prebuilds', `${platform}-${arch}`, prebuilt),
    path.join(folder, 'build', 'Release', 'rclnodejs.node'),
    path.join(folder, 'build', 'Debug', 'rclnodejs.node'),
  ].find((file) => existsSync(file));
}

/**
 * rclnodejs, without importing it: an import of a copy that is not built begins to build.
 *
 * @param addon what of it is built; undefined: nothing
 * @param tryAddon resolves to what went wrong when it was loaded; undefined: nothing did
 */
export async function checkRclnodejs(
  installed: InstalledPackage | undefined,
  addon: string | undefined,
  environment: Environment,
  tryAddon: (file: string) => Promise<string | undefined>,
): Promise<Check> {
  const subject = 'rclnodejs';
  const sourced = isSourced(environment);
  if (!installed) {
    const advice = `npm install --no-save rclnodejs, where ROS 2 is sourced (builds for it; needs a C++ compiler)`;
    return { subject, result: 'missing', found: 'not installed', advice, needed: false };
  }
  const { version } = installed;
  const check = (result: Check['result'], found: string, advice?: string): Check => ({
    subject,
    result,
    found: `${version}, ${found}`,
    ...(advice === undefined ? {} : { advice }),
    needed: false,
  });
  if (environment['RCLNODEJS_FORCE_BUILD'] === '1') {
    const found = 'RCLNODEJS_FORCE_BUILD=1 makes it build anew at every start';
    return check('problem', found, 'unset RCLNODEJS_FORCE_BUILD');
  }
  const rebuild = `${sourced ? '' : `${SOURCE}, then `}npm rebuild rclnodejs`;
  if (addon === undefined) return check('problem', 'not built', rebuild);
  if (!sourced) return check('ok', 'built; whether it loads can be seen where ROS 2 is sourced');
  const wrong = await tryAddon(addon);
  if (wrong === undefined) return check('ok', 'built, and loads');
  return check('problem', `built, but does not load: ${wrong}`, `${rebuild}, for the ROS 2 that is sourced`);
}

export function checkMessages(environment: Environment): Check | undefined {
  if (!isSourced(environment)) return undefined;
  const subject = 'messages';
  const present = (name: string): boolean =>
    prefixes(environment).some((prefix) =>
      existsSync(path.join(prefix, 'share/ament_index/resource_index/rosidl_interfaces', name)),
    );
  const missing = MESSAGE_PACKAGES.filter((name) => !present(name));
  if (missing.length === 0) {
    return { subject, result: 'ok', found: MESSAGE_PACKAGES.join(', '), needed: false };
  }
  const packages = missing.map((name) => `ros-${environment['ROS_DISTRO']!}-${name.replaceAll('_', '-')}`);
  return {
    subject,
    result: 'problem',
    found: `without ${missing.join(', ')}`,
    advice: `apt-get install ${packages.join(' ')}, then npm rebuild rclnodejs`,
    needed: false,
  };
}

/** Domains whose ports exist. */
const LARGEST_DOMAIN = 232;

export function checkMiddleware(environment: Environment): Check | undefined {
  if (!isSourced(environment)) return undefined;
  const subject = 'RMW';
  const chosen = environment['RMW_IMPLEMENTATION'] || undefined;
  const name = chosen ?? 'rmw_fastrtps_cpp';
  const domain = environment['ROS_DOMAIN_ID'] || '0';
  const found = `${name}${chosen === undefined ? ' by default' : ''}, ROS_DOMAIN_ID ${domain}`;
  const check = (advice: string): Check => ({ subject, result: 'problem', found, advice, needed: false });
  if (!/^\d+$/.test(domain) || Number(domain) > LARGEST_DOMAIN) {
    return check(`set ROS_DOMAIN_ID to a whole number from 0 to ${LARGEST_DOMAIN}`);
  }
  const there = prefixes(environment).some((prefix) =>
    ['.so', '.dylib', '.dll'].some((ending) => existsSync(path.join(prefix, 'lib', `lib${name}${ending}`))),
  );
  if (there) return { subject, result: 'ok', found, needed: false };
  const aptName = `ros-${environment['ROS_DISTRO']!}-${name.replaceAll('_', '-')}`;
  return check(
    `lib${name} is in no lib/ of AMENT_PREFIX_PATH: apt-get install ${aptName}, or choose another`,
  );
}
