import fc from 'fast-check';
import type { Controller, ControllerOptions } from '../../bridge/controller.js';
import type { CommandInterface, RobotState } from '../../bridge/message-map.js';
import type { SafetySettings } from '../../bridge/supervisor/safety-settings.js';
import { HebbianNetwork } from '../../policy/hebbian-network.js';
import { LARGEST_SCHEDULE, PERTURBATION_KINDS } from '../../policy/perturbation/index.js';
import type { Policy } from '../../policy/policy.js';
import { Random } from '../../policy/random.js';
import { ANT_CONTRACT } from '../../policy/robot-contract.js';
import { controllerRig, PERIOD, plasticNetwork } from './controller-rig.js';
import { NONSENSE, UNSAFE, walkingAnt } from './story-states.js';

/*
 * Stories of what may happen to a controller, and a narrator that tells one to a real controller on a manual clock.
 * The narrator keeps book, from what it did itself, of what the controller may go by; it asks the controller nothing.
 */

const { joints } = ANT_CONTRACT;

/** How often each thing happens in a story. */
const EVENT_WEIGHTS = {
  walk: 12,
  stroll: 8,
  pause: 4,
  'bad state': 6,
  'unsafe state': 4,
  'repeated state': 2,
  'overtaken state': 1,
  'emergency stop': 1,
  'emergency stop by request': 1,
  'emergency stop by a request that is malformed': 1,
  'clear stop': 4,
  deactivate: 1,
  activate: 3,
  freeze: 1,
  'reset weights': 1,
  'other episode': 1,
  perturb: 8,
  'end perturbation': 2,
} as const;
type EventKind = keyof typeof EVENT_WEIGHTS;

/** `pick` and `amount` decide what exactly, in 0..999. */
export interface StoryEvent {
  readonly kind: EventKind;
  readonly pick: number;
  readonly amount: number;
}

export type StorySafety = Pick<
  SafetySettings,
  | 'stalePeriods'
  | 'leastInputRate'
  | 'largestAction'
  | 'largestActionRate'
  | 'fadeInTime'
  | 'recoveryTime'
  | 'dampingGain'
  | 'dampedTimeout'
>;

export type StoryPolicy = 'network' | 'full' | 'garbage';

export interface Story {
  readonly events: readonly StoryEvent[];
  readonly safety: StorySafety;
  readonly commandInterface: CommandInterface;
  readonly policy: StoryPolicy;
  readonly simulated: boolean;
}

const between = (min: number, max: number) => fc.double({ min, max, noNaN: true });

/** Any story, but for what `fixed` settles. */
export function anyStory(
  fixed: { safety?: Partial<StorySafety>; policy?: StoryPolicy } = {},
): fc.Arbitrary<Story> {
  const weights = Object.entries(EVENT_WEIGHTS) as [EventKind, number][];
  const kind = fc.oneof(...weights.map(([name, weight]) => ({ weight, arbitrary: fc.constant(name) })));
  const event = fc.record({ kind, pick: fc.nat(999), amount: fc.nat(999) });
  return fc.record({
    events: fc.array(event, { minLength: 140, maxLength: 180 }),
    safety: fc
      .record({
        stalePeriods: between(1.5, 5),
        leastInputRate: fc.constantFrom(0, 20),
        largestAction: between(0.2, 1),
        largestActionRate: between(3, 60),
        fadeInTime: between(0.05, 0.3),
        recoveryTime: between(0, 0.1),
        dampingGain: between(0, 0.2),
        dampedTimeout: between(0.1, 1),
      })
      .map((safety) => ({ ...safety, ...fixed.safety })),
    commandInterface: fc.constantFrom<CommandInterface>('effort', 'position'),
    policy: fixed.policy
      ? fc.constant(fixed.policy)
      : fc.constantFrom<StoryPolicy>('network', 'full', 'garbage'),
    simulated: fc.boolean(),
  });
}

/** A command that left, in actions, [joints]. */
export interface ToldCommand {
  readonly time: number;
  readonly actions: readonly number[];
  /** As it left: N m or rad. */
  readonly values: readonly number[];
}

/** What the narrator knows of the moment, without having asked the controller. */
export interface Moment {
  now: number;
  active: boolean;
  /** First step after the newest activation, s; NaN before. */
  firstStep: number;
  activatedAt: number;
  /** An emergency stop was asked for, and nobody has cleared it. */
  stopped: boolean;
  /** Arrival of the newest state that was news. */
  newsAt: number;
  /** What that state is like: sound, of a robot in trouble, or nothing to go by. */
  newest: 'good' | 'unsafe' | 'bad';
  /** Where the joints were last read, in actions within the limits; empty: never. */
  pose: readonly number[];
  /** The latest time at which there was a cause to fade in anew. */
  unwellAt: number;
  /** Every command so far. */
  readonly commands: ToldCommand[];
}

export interface Witness {
  /** A command left; it is not yet among the commands of the moment. */
  readonly command?: (command: ToldCommand, moment: Moment) => void;
  /** Something has happened; `passed`: from when on time passed in it. */
  readonly event?: (event: StoryEvent, moment: Moment, passed: number, controller: Controller) => void;
  /** A perturbation was accepted, with its times in s of the run. */
  readonly accepted?: (id: string, start: number, duration: number | undefined, moment: Moment) => void;
}

/** Tell `story` to a controller; `witness` watches. Returns the rig, as the story leaves it. */
export function tell(
  story: Story,
  witness: Witness,
  teller: { policy?: Policy; create?: (options: ControllerOptions) => Controller } = {},
) {
  const { safety, commandInterface, simulated } = story;
  const rig = controllerRig(
    {
      policy: teller.policy ?? policyOf(story.policy),
      commandInterface,
      simulated,
      perturbations: true,
      safety,
    } satisfies Partial<ControllerOptions>,
    teller.create,
  );
  const { clock, controller, transport } = rig;
  const moment: Moment = {
    now: clock.now(),
    active: false,
    firstStep: NaN,
    activatedAt: NaN,
    stopped: false,
    newsAt: -Infinity,
    newest: 'bad',
    pose: [],
    unwellAt: clock.now(),
    commands: [],
  };
  const failures: unknown[] = [];
  let stamp = clock.now();
  let episode = 0;
  let heard: { stamp: number; episode: number } | undefined;
  let asked = 0;
  const staleAge = safety.stalePeriods * PERIOD;

  transport.subscribe('jointCommand', ({ values }) => {
    moment.now = clock.now();
    const told = { time: moment.now, values: [...values], actions: actionsOf(values, commandInterface) };
    const { newest, stopped, newsAt, now } = moment;
    if (newest !== 'good' || stopped || now - newsAt > staleAge) moment.unwellAt = now;
    try {
      witness.command?.(told, moment);
    } catch (error) {
      // A transport keeps from the publisher what its listeners throw.
      failures.push(error);
    }
    moment.commands.push(told);
  });

  const hear = (message: RobotState, newest: Moment['newest']): void => {
    stamp = Math.max(stamp + 1e-7, clock.now());
    message.stamp = stamp;
    message.episode = episode;
    transport.publish('robotState', message);
    if (!moment.active) return;
    heard = { stamp, episode };
    Object.assign(moment, { newsAt: clock.now(), newest });
    if (newest !== 'bad') moment.pose = actionsOf(message.joints.position, 'position').map(clamped);
  };
  const walk = (periods: number, pick: number): void => {
    for (let k = 0; k < periods; k++) {
      hear(walkingAnt(pick + k), 'good');
      clock.advance(PERIOD);
    }
  };
  const request = (value: unknown): void => transport.publish('operatorRequest', value as never);
  const stopping = (): void => void (moment.stopped = true);

  const happen: Record<EventKind, (pick: number, amount: number) => void> = {
    walk: (pick) => walk(1, pick),
    stroll: (pick, amount) => walk(2 + (amount % 30), pick),
    pause: (_, amount) => clock.advance((amount / 160) * PERIOD),
    'bad state': (pick, amount) => {
      const message = walkingAnt(pick);
      NONSENSE[pick % NONSENSE.length]!(message);
      hear(message, 'bad');
      clock.advance((amount / 500) * PERIOD);
    },
    'unsafe state': (pick, amount) => {
      const message = walkingAnt(pick);
      UNSAFE[pick % UNSAFE.length]!(message, amount / 1000);
      hear(message, 'unsafe');
      clock.advance((pick / 500) * PERIOD);
    },
    'repeated state': (pick) => {
      if (heard) transport.publish('robotState', { ...walkingAnt(pick), ...heard });
      clock.advance(PERIOD);
    },
    'overtaken state': (pick) => {
      if (heard) transport.publish('robotState', { ...walkingAnt(pick), ...heard, stamp: -1 });
      clock.advance(PERIOD);
    },
    'emergency stop': () => {
      stopping();
      controller.emergencyStop();
    },
    'emergency stop by request': () => {
      stopping();
      request({ operation: 'emergency-stop', id: 'stop' });
    },
    'emergency stop by a request that is malformed': (pick) => {
      stopping();
      request({ operation: 'emergency-stop', id: pick, why: {} });
    },
    'clear stop': () => {
      controller.clearStop();
      if (moment.stopped) Object.assign(moment, { stopped: false, unwellAt: clock.now() });
    },
    deactivate: () => {
      if (moment.active) moment.unwellAt = clock.now();
      controller.deactivate();
      moment.active = false;
    },
    activate: (pick) => {
      if (moment.active) return;
      const now = clock.now();
      const firstStep = now + (pick / 1000) * PERIOD;
      Object.assign(moment, { active: true, activatedAt: now, firstStep, unwellAt: now });
      controller.activate(firstStep);
    },
    freeze: (pick) => request({ operation: 'freeze', id: 'freeze', frozen: pick % 2 === 0 }),
    'reset weights': (pick) => {
      moment.unwellAt = clock.now();
      request({ operation: 'reset-weights', id: 'reset', ...(pick % 2 === 0 ? { seed: pick } : {}) });
    },
    'other episode': (pick) => {
      episode++;
      moment.unwellAt = clock.now();
      walk(1, pick);
    },
    perturb: (pick, amount) => {
      const perturbation = anyPerturbation(`p${asked++}`, pick, amount, clock.now() - moment.activatedAt);
      const { id, duration, start = 0 } = perturbation;
      if (rig.begin(perturbation).accepted) witness.accepted?.(id, start, duration, moment);
    },
    'end perturbation': (pick) =>
      transport.publish('perturbationRequest', {
        operation: 'end',
        id: `p${Math.max(0, asked - 1 - (pick % LARGEST_SCHEDULE))}`,
      }),
  };

  const go = (event: StoryEvent): void => {
    const before = clock.now();
    happen[event.kind](event.pick, event.amount);
    moment.now = clock.now();
    if (failures.length > 0) throw failures[0];
    witness.event?.(event, moment, before, controller);
  };
  go({ kind: 'activate', pick: 500, amount: 0 });
  for (const event of story.events) go(event);
  return { ...rig, moment };
}

function anyPerturbation(id: string, pick: number, amount: number, time: number) {
  const { component, type, value } = PERTURBATION_KINDS[pick % PERTURBATION_KINDS.length]!;
  const targets = {
    joint: ['left_front_hip', 'right_back_ankle', 'left_front_knee'],
    leg: ['left_front', 'right_back', 'tail'],
    sensor: ['roll', 'foot_contact', undefined],
    weights: ['layer_1', undefined, 'layer_9'],
    plasticity: [undefined],
    outputs: [undefined],
  }[component];
  const target = type === 'reset' ? undefined : targets[pick % targets.length];
  return {
    id,
    component,
    type,
    ...(target === undefined ? {} : { target }),
    ...(value && amount % 7 > 0 ? { value: amount % 5 === 0 ? 99 : value.maximum } : {}),
    ...(amount % 3 === 0 && Number.isFinite(time) ? { start: time + amount / 2000 } : {}),
    ...(amount % 4 > 0 && type !== 'reset' && type !== 'zero' ? { duration: 0.005 + amount / 2000 } : {}),
  };
}

function policyOf(kind: StoryPolicy): HebbianNetwork {
  if (kind === 'network') return plasticNetwork();
  const { description } = plasticNetwork();
  const random = new Random(9);
  const garbage = [NaN, Infinity, -Infinity, 1e38, -3, -0];
  /** Has weights to reset and to freeze, and acts without them. */
  class Unruly extends HebbianNetwork {
    override act(_observation: Float32Array, action: Float32Array): void {
      if (kind === 'full') {
        action.fill(1);
        return;
      }
      for (let j = 0; j < action.length; j++) action[j] = 6 * random.uniform() - 3;
      const fault = random.uniform();
      if (fault < 0.1) action[3] = garbage[Math.floor(random.uniform() * garbage.length)]!;
      if (fault > 0.97) throw new Error('garbage');
    }
  }
  return new Unruly(description);
}

function actionsOf(values: Float64Array, commandInterface: CommandInterface): number[] {
  return Array.from(values, (value, j) => {
    const { lower, upper, effortLimit } = joints[j]!;
    return commandInterface === 'effort'
      ? value / effortLimit
      : (2 * value - lower - upper) / (upper - lower);
  });
}

function clamped(action: number): number {
  return Math.max(-1, Math.min(1, action));
}
