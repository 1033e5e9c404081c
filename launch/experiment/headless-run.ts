import { createHash } from 'node:crypto';
import type { JsonRecord } from '../../policy/bundle/bundle-metadata.js';
import { PLASTICITY_RULES } from '../../policy/plasticity-rule.js';
import { codeDigest } from '../../sim/evaluation/code-digest.js';
import { evaluationWorkerUrl } from '../../sim/evaluation/worker-pool.js';
import { ExperimentDirectory } from '../../sim/experiment/experiment-directory.js';
import type { BundleCoefficients, Condition, ExperimentResult } from '../../sim/experiment/result.js';
import { runExperiment, type ExperimentHooks } from '../../sim/experiment/run-experiment.js';
import type { Scenario } from '../../sim/experiment/scenario.js';
import { loadRapier, RAPIER } from '../../sim/rapier.js';
import { packageVersion } from '../package-version.js';
import type { ScenarioFile } from '../scenario-file.js';

export interface HeadlessRunOptions {
  /** In place of the scenario's. */
  readonly rollouts?: number;
  readonly workers: number;
  /** Where the lives are kept. */
  readonly out: string;
  /** Shell line that runs it, for the report. */
  readonly command: string;
  /** s */
  readonly now: () => number;
  /** Hears how many lives earlier sessions left. */
  readonly onResume?: (lives: number) => void;
}

/** Run a scenario in worker threads, as fast as the machine is; goes on where `out` holds lives of the same. */
export async function runHeadless(
  file: ScenarioFile,
  options: HeadlessRunOptions,
  hooks: ExperimentHooks,
): Promise<ExperimentResult> {
  const { workers, out, command, now, onResume } = options;
  await loadRapier();
  const { conditions } = file;
  const scenario = withRollouts(file.scenario, options.rollouts);
  const versions = softwareVersions();
  const directory = new ExperimentDirectory(out, identityOf(file, versions), now);
  if (directory.count > 0) onResume?.(directory.count);
  const plan = {
    bundles: Object.fromEntries([...file.bundles].map(([name, { bytes }]) => [name, bytes])),
    conditions,
    seed: scenario.seed,
    steps: scenario.steps,
  };
  const lived = await runExperiment(plan, scenario, workers, directory, hooks);
  return {
    ...lived,
    ...aboutScenario(file, scenario),
    command,
    versions,
    duration: directory.duration,
    workers,
  };
}

export function withRollouts(scenario: Scenario, rollouts: number | undefined): Scenario {
  return rollouts === undefined ? scenario : { ...scenario, rollouts };
}

/** What a result says of its scenario and of what that names. */
export function aboutScenario(
  file: ScenarioFile,
  scenario: Scenario,
): Pick<
  ExperimentResult,
  'scenario' | 'intendedRollouts' | 'scenarioSha256' | 'bundles' | 'logs' | 'coefficients'
> {
  const { sha256, bundles, logs } = file;
  const intended = file.scenario.rollouts;
  return {
    scenario,
    ...(intended !== scenario.rollouts && { intendedRollouts: intended }),
    scenarioSha256: sha256,
    bundles: Object.fromEntries(
      [...bundles].map(([name, { file, bundle }]) => [
        name,
        {
          file,
          tensorsSha256: bundle.tensorsSha256,
          provenance: bundle.provenance as unknown as JsonRecord,
        },
      ]),
    ),
    logs,
    coefficients: coefficientsOf(bundles, scenario),
  };
}

export function softwareVersions(): Record<string, string> {
  return {
    hebbridge: packageVersion(),
    node: process.versions.node,
    rapier: RAPIER.version(),
    platform: `${process.platform} ${process.arch}`,
  };
}

/** Everything that the lives depend on, and nothing else: what a report shows of them may change. */
function identityOf(file: ScenarioFile, versions: Record<string, string>): JsonRecord {
  return {
    hebbridge: versions['hebbridge']!,
    code: codeDigest(new URL('../experiment/experiment-work.js', evaluationWorkerUrl())),
    [file.scenario.simulator]: versions['rapier']!,
    ...scenarioIdentity(file),
  };
}

/** The scenario's share of that. */
export function scenarioIdentity({ scenario, conditions, bundles }: ScenarioFile): JsonRecord {
  return {
    seed: scenario.seed,
    steps: scenario.steps,
    conditions: digestOf(conditions.map(livedPart)),
    bundles: Object.fromEntries([...bundles].map(([name, { bundle }]) => [name, bundle.metadataSha256])),
  };
}

function livedPart(condition: Condition): object {
  const { name, bundle, morphology, freeze_step, initial_weights, random_coefficients, perturbations } =
    condition;
  return { name, bundle, morphology, freeze_step, initial_weights, random_coefficients, perturbations };
}

function digestOf(value: unknown): string {
  return createHash('sha256').update(JSON.stringify(value)).digest('hex');
}

function coefficientsOf(
  bundles: ScenarioFile['bundles'],
  { report }: Scenario,
): Record<string, BundleCoefficients> {
  const shown = new Set(report.flatMap((part) => (part.show === 'coefficients' ? part.bundles : [])));
  const found: Record<string, BundleCoefficients> = {};
  for (const name of shown) {
    const { network, coefficients } = bundles.get(name)!.bundle;
    if (network.rule === 'static' || coefficients === undefined) continue;
    found[name] = {
      layerSizes: network.layerSizes,
      columns: PLASTICITY_RULES[network.rule],
      values: coefficients,
    };
  }
  return found;
}
