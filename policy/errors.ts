/**
 * Every error that a user can meet has a stable code, listed here and in docs/errors.md (a test keeps the two
 * equal), and a message that names the value, where it came from and what would be right.
 */
export const ERROR_CODES = {
  ERR_USAGE: 'a command line that cannot be understood',
  ERR_SETTING: 'a setting that is out of its range or contradicts another',
  ERR_PARAMETER: 'a parameter of the node that is unknown, out of its range or contradicts another',
  ERR_PARAMETER_FILE: 'a parameter file that is not in the form of ROS 2, or has nothing for the node',
  ERR_SCENARIO:
    'a scenario that cannot be read, contradicts itself or asks for what robot or rules cannot do',
  ERR_CHECKPOINT: 'an evolution that cannot be resumed from its checkpoint',
  ERR_INTERRUPTED: 'work that was stopped before it was done',
  ERR_WORKER: 'a worker thread that keeps failing',
  ERR_FILE_READ: 'a file that cannot be read',
  ERR_FILE_WRITE: 'a file that cannot be written',
  ERR_BUNDLE_GOLDEN: 'a rule bundle whose network does not act as it did when the bundle was written',
  ERR_BUNDLE_HASH: 'a rule bundle whose contents are not those that its SHA-256 was taken of',
  ERR_BUNDLE_METADATA: 'a rule bundle whose metadata is missing, unknown, out of range or contradicts itself',
  ERR_BUNDLE_ROBOT: 'a rule bundle for a robot with other joints',
  ERR_BUNDLE_TENSOR: 'a rule bundle with a tensor missing or too many, or of the wrong type or shape',
  ERR_BUNDLE_VALUE: 'a rule bundle with a number that is not finite',
  ERR_BUNDLE_VERSION: 'a rule bundle of a format version that this hebbridge does not read',
  ERR_ENGINE_MISSING: 'an optional inference engine that is not installed or does not load',
  ERR_MODEL_FORMAT: 'a file that is not the ONNX or TensorFlow.js model that it should be',
  ERR_MODEL_RUN: 'a model that fails when it is run',
  ERR_MODEL_SHAPE: 'a model whose inputs or outputs do not fit the observation and the action',
  ERR_NPY: 'a .npy file that cannot be read, or an array of the wrong type or shape',
  ERR_SAFETENSORS_HEADER: 'a safetensors file whose header is not what the format says',
  ERR_SAFETENSORS_OFFSETS:
    'a safetensors file whose tensors overlap, leave a gap or disagree with their shapes',
  ERR_SAFETENSORS_TRUNCATED: 'a safetensors file that ends before its header or its tensors do',
  ERR_PERTURBATION_SYNTAX: 'a perturbation that cannot be read',
  ERR_PERTURBATION_KIND: 'a perturbation whose component has no such type',
  ERR_PERTURBATION_TARGET: 'a perturbation of something that the robot or the policy does not have',
  ERR_PERTURBATION_VALUE:
    'a perturbation whose value, start or duration is missing, superfluous or out of range',
  ERR_PERTURBATION_OVERLAP: 'a perturbation of something that another one holds at that time',
  ERR_PERTURBATION_UNSUPPORTED: 'a perturbation that this robot or this policy does not offer',
  ERR_PERTURBATION_UNKNOWN: 'the end of a perturbation that is neither active nor scheduled',
  ERR_OPERATOR_REQUEST: "an operator's request that cannot be read, or that this controller cannot grant",
  ERR_NO_ANSWER: 'a request that no controller answered in time',
  ERR_NOT_PERMITTED: 'a request of somebody who has no right to make it, or makes too many',
  ERR_TRANSPORT_CLOSED: 'the use of a transport after it was closed',
  ERR_LISTEN: 'an address on which nothing can be served',
  ERR_WEBSOCKET: "a WebSocket that cannot be opened, or behind which no robot's server is",
  ERR_ROS_MISSING: 'no ROS 2 is sourced, or rclnodejs is not installed for it',
  ERR_ROS_START: 'a ROS 2 that does not start with these arguments or in this environment',
  ERR_ROS_MESSAGE: 'a ROS 2 message that is cut off, malformed or too large',
  ERR_MQTT_CONNECT: 'an MQTT broker that cannot be reached, or does not answer',
  ERR_MQTT_REFUSED: 'an MQTT broker that refuses the connection, or what it is wanted for',
  ERR_MQTT_PROTOCOL: 'an MQTT broker that sends what MQTT 5 does not allow, or more than it was told to',
  ERR_MQTT_TLS: 'an MQTT broker and a client of which one does not trust the certificate of the other',
  ERR_FOLDER_IN_USE: 'a folder into which another hebbridge is writing',
  ERR_RECORDING: 'a recording that is damaged, or a file that is none',
  ERR_INTERNAL: 'a fault of hebbridge itself; please report it',
} as const;

export type ErrorCode = keyof typeof ERROR_CODES;

/** What whoever starts hebbridge gave it, and has to change. */
const SETTING_CODES: readonly ErrorCode[] = [
  'ERR_USAGE',
  'ERR_SETTING',
  'ERR_PARAMETER',
  'ERR_PARAMETER_FILE',
  'ERR_SCENARIO',
];

/** An error with a stable code; the CLI prints `code: message` and exits with `exitCode`. */
export class HebbridgeError extends Error {
  readonly code: ErrorCode;

  constructor(code: ErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'HebbridgeError';
    this.code = code;
  }

  /** 2 for bad usage, 1 for everything else that fails. */
  get exitCode(): 1 | 2 {
    return SETTING_CODES.includes(this.code) ? 2 : 1;
  }
}
