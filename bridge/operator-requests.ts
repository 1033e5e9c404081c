import { z } from 'zod';
import type { ErrorCode } from '../policy/errors.js';
import type { Acknowledgement, OperatorRequest } from './message-map.js';
import type { Transport, Unsubscribe } from './transport.js';

/** Why a request was not granted. */
export interface RequestRefusal {
  readonly code: ErrorCode;
  readonly reason: string;
}

const id = z.string().max(64);
const requestSchema = z.discriminatedUnion('operation', [
  z.strictObject({ operation: z.literal('emergency-stop'), id }),
  z.strictObject({ operation: z.literal('freeze'), id, frozen: z.boolean() }),
  z.strictObject({
    operation: z.literal('reset-weights'),
    id,
    seed: z.int().nonnegative().max(0xffffffff).optional(),
  }),
  z.strictObject({
    operation: z.literal('goal-heading'),
    id,
    heading: z.number().min(-Math.PI).max(Math.PI),
  }),
]);

/** Requests come from outside: whatever their type says, only these fields of them are looked at unparsed. */
const anyRequestSchema = z.object({ operation: z.unknown().optional(), id: z.string().max(64).catch('') });

/**
 * Hears what operators ask for, parses it, has `grant` do it and answers. An emergency stop is granted whatever
 * else is wrong with the request.
 */
export function listenToOperators(
  transport: Transport,
  grant: (request: OperatorRequest) => RequestRefusal | undefined,
): Unsubscribe {
  const answer = (request: unknown): Acknowledgement => {
    const any = anyRequestSchema.safeParse(request).data ?? { operation: undefined, id: '' };
    const stop = any.operation === 'emergency-stop';
    const parsed = stop ? undefined : requestSchema.safeParse(request);
    const refusal =
      parsed?.success === false
        ? { code: 'ERR_OPERATOR_REQUEST' as const, reason: describeProblem(parsed.error) }
        : grant(
            parsed?.data === undefined ? { operation: 'emergency-stop', id: any.id } : granted(parsed.data),
          );
    return {
      id: any.id,
      from: 'controller',
      accepted: refusal === undefined,
      ...(refusal ? { code: refusal.code } : {}),
      reason: refusal?.reason ?? '',
    };
  };
  return transport.subscribe('operatorRequest', (request) =>
    transport.publish('acknowledgement', answer(request)),
  );
}

/** Without the fields that are there but undefined. */
function granted(request: z.infer<typeof requestSchema>): OperatorRequest {
  if (request.operation !== 'reset-weights') return request;
  const { operation, id, seed } = request;
  return { operation, id, ...(seed === undefined ? {} : { seed }) };
}

function describeProblem({ issues }: z.ZodError): string {
  const right =
    "{ operation: 'emergency-stop', id }, { operation: 'freeze', id, frozen }, " +
    "{ operation: 'reset-weights', id, seed? } or { operation: 'goal-heading', id, heading } in rad from -pi to pi";
  const [issue] = issues;
  const where = issue === undefined || issue.path.length === 0 ? '' : `${issue.path.join('.')}: `;
  return `${where}${issue?.message ?? 'cannot be read'}; a request is ${right}`;
}
