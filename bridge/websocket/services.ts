import { z } from 'zod';
import {
  perturbationKind,
  type PerturbationComponent,
  type PerturbationType,
} from '../../policy/perturbation/index.js';
import type { MessageMap } from '../message-map.js';
import { parseBoundedJson, TOO_DEEP } from '../transport/bounded-json.js';
import { MESSAGE_SCHEMAS } from '../transport/message-schemas.js';
import { jsonSchema } from './channels.js';
import type { ServiceAdvertisement } from './protocol.js';

export type RequestTopic = 'perturbationRequest' | 'operatorRequest' | 'simulationRequest';

/** A request as it goes to the controller or the simulator. */
export interface Asked {
  readonly topic: RequestTopic;
  readonly request: MessageMap[RequestTopic];
  readonly id: string;
  /** The robot answers as well: it is about its body, now. */
  readonly ofRobot: boolean;
}

export type AskedOrProblem = { readonly asked: Asked } | { readonly problem: string };

interface ServiceDefinition {
  /** What may be sent. What the service's name says already (`operation`) may be left out, and so may the id. */
  readonly payload: z.ZodType;
  /** `payload` was parsed; `id` is its own, or a new one. */
  readonly ask: (payload: never, id: string) => AskedOrProblem;
}

const id = z.string().min(1).max(64);
const anyPayload = z.looseObject({ id: id.optional() });

/** The fields of perturbations are for the controller to check: its answers say what would be right. */
const loosePerturbation = z.looseObject({ id: id.optional() });
const beginPayload = z.union([
  z.strictObject({
    operation: z.literal('begin').optional(),
    id: id.optional(),
    perturbation: loosePerturbation,
  }),
  // The perturbation itself.
  z.looseObject({ id: id.optional(), perturbation: z.undefined().optional() }),
]);

function operatorService<Shape extends z.ZodRawShape>(
  operation: string,
  shape: Shape,
  fields: (payload: z.infer<z.ZodObject<Shape>>) => object,
): ServiceDefinition {
  const payload = z.strictObject({ operation: z.literal(operation).optional(), id: id.optional(), ...shape });
  return {
    payload,
    ask: (given: z.infer<z.ZodObject<Shape>>, requestId) => ({
      asked: {
        topic: 'operatorRequest',
        // Read again, and answered, by the controller.
        request: { operation, id: requestId, ...fields(given) } as MessageMap['operatorRequest'],
        id: requestId,
        ofRobot: false,
      },
    }),
  };
}

function simulationService(operation: 'restart' | 'pause'): ServiceDefinition {
  return {
    payload: z.looseObject({ operation: z.literal(operation).optional(), id: id.optional() }),
    ask: (given: object, requestId) => {
      const parsed = MESSAGE_SCHEMAS.simulationRequest.safeParse({ ...given, operation, id: requestId });
      if (!parsed.success) return { problem: describeIssue(parsed.error) };
      const request = parsed.data as MessageMap['simulationRequest'];
      return { asked: { topic: 'simulationRequest', request, id: requestId, ofRobot: false } };
    },
  };
}

const seed = z.int().nonnegative().max(0xffffffff).optional();

const DEFINITIONS = {
  estop: operatorService('emergency-stop', {}, () => ({})),
  freeze: operatorService('freeze', { frozen: z.literal(true).optional() }, () => ({ frozen: true })),
  thaw: operatorService('freeze', { frozen: z.literal(false).optional() }, () => ({ frozen: false })),
  reset_weights: operatorService('reset-weights', { seed }, (given) =>
    given.seed === undefined ? {} : { seed: given.seed },
  ),
  perturb: {
    payload: beginPayload,
    ask: (given: z.infer<typeof beginPayload>, newId) => {
      const perturbation = given.perturbation ?? given;
      const requestId = perturbation.id ?? newId;
      const request = {
        operation: 'begin',
        perturbation: { ...perturbation, id: requestId },
      } as MessageMap['perturbationRequest'];
      return {
        asked: { topic: 'perturbationRequest', request, id: requestId, ofRobot: isOfBody(perturbation) },
      };
    },
  },
  end_perturbation: {
    payload: z.strictObject({ operation: z.literal('end').optional(), id }),
    ask: (_given: object, requestId) => ({
      asked: {
        topic: 'perturbationRequest',
        request: { operation: 'end', id: requestId },
        id: requestId,
        ofRobot: false,
      },
    }),
  },
  restart: simulationService('restart'),
  pause: simulationService('pause'),
} as const satisfies Record<string, ServiceDefinition>;

export type ServiceName = keyof typeof DEFINITIONS;
const NAMES = Object.keys(DEFINITIONS) as ServiceName[];

/** What every service answers: the acknowledgement of the request. */
const answerSchema = z.object({
  id: z.string(),
  accepted: z.boolean(),
  code: z.string().optional(),
  reason: z.string(),
});

/** All services; their ids are the same in every run. */
export const SERVICES: readonly ServiceAdvertisement[] = NAMES.map((name, index) => {
  const definition = (side: string, schema: z.ZodType) => ({
    encoding: 'json',
    schemaName: `hebbridge.${name}.${side}`,
    schemaEncoding: 'jsonschema',
    schema: JSON.stringify(jsonSchema(schema)),
  });
  return {
    id: index + 1,
    name,
    type: `hebbridge.${name}`,
    request: definition('Request', payloadSchema(name)),
    response: definition('Response', answerSchema),
  };
});

export function serviceOf(id: number): ServiceName | undefined {
  return NAMES[id - 1];
}

/** The one that is heard whoever calls it, however often. */
export const STOP_SERVICE_ID = NAMES.indexOf('estop') + 1;

/**
 * What a call of a service asks for.
 *
 * @param text JSON; empty stands for an object without fields
 * @param newId where the caller gave none
 */
export function readCall(name: ServiceName, text: string, newId: () => string): AskedOrProblem {
  // It is heard whatever else is wrong with it.
  if (name === 'estop') return readStop(text, newId);
  let value: unknown;
  try {
    const read = parseBoundedJson(text.trim() === '' ? '{}' : text);
    if (read.tooDeep) return { problem: `is ${TOO_DEEP}` };
    ({ value } = read);
  } catch {
    return { problem: `is no JSON: ${text.slice(0, 80)}` };
  }
  const { payload, ask }: ServiceDefinition = DEFINITIONS[name];
  const parsed = payload.safeParse(value);
  if (!parsed.success) return { problem: describeIssue(parsed.error) };
  return ask(parsed.data as never, anyPayload.safeParse(value).data?.id ?? newId());
}

function readStop(text: string, newId: () => string): AskedOrProblem {
  let given: string | undefined;
  try {
    given = anyPayload.safeParse(parseBoundedJson(text).value).data?.id;
  } catch {
    // A stop all the same.
  }
  const requestId = given ?? newId();
  const request = { operation: 'emergency-stop', id: requestId } as const;
  return { asked: { topic: 'operatorRequest', request, id: requestId, ofRobot: false } };
}

/** Damages of the body are carried out by the robot, which says so. Those that begin later, nobody waits for. */
export function isOfBody(perturbation: Readonly<Record<string, unknown>>): boolean {
  const { component, type, start = 0 } = perturbation;
  if (typeof component !== 'string' || typeof type !== 'string' || start !== 0) return false;
  const kind = perturbationKind(component as PerturbationComponent, type as PerturbationType);
  return kind?.actsOn === 'body';
}

function payloadSchema(name: ServiceName): z.ZodType {
  return DEFINITIONS[name].payload;
}

function describeIssue({ issues }: z.ZodError): string {
  const [issue] = issues;
  const where = issue === undefined || issue.path.length === 0 ? '' : `${issue.path.join('.')}: `;
  return `${where}${issue?.message ?? 'cannot be read'}`;
}
