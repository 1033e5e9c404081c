import { EncapsulationKind } from '@foxglove/cdr';
import { HebbridgeError } from '../../../policy/errors.js';

/** No message of ours comes near these; whoever sends more is not who we listen to. */
export const MAX_MESSAGE_BYTES = 256 * 1024;
export const MAX_SEQUENCE_LENGTH = 1024;
export const MAX_TEXT_BYTES = 4096;

/** Of the two bytes that tell the encoding and the two bytes of options. Alignment counts from behind it. */
const ENCAPSULATION_BYTES = 4;
const LITTLE_ENDIAN: number = EncapsulationKind.CDR_LE;
const BIG_ENDIAN: number = EncapsulationKind.CDR_BE;

/**
 * Walks over the bytes of one message after another: plain CDR (XCDR version 1) of either byte order behind a
 * 4-byte encapsulation header, as ROS 2 sends it (OMG DDS-XTypes 1.3, 7.4.3 and 7.6.2.1.2). Whatever does not fit
 * is ERR_ROS_MESSAGE with the place in the message.
 *
 * `CdrReader` of @foxglove/cdr is made anew for each message, and takes the lengths in it on trust. Here a message
 * is copied into storage that stays, so that reading allocates nothing whatever buffer it came in.
 *
 * Bytes behind the last field are nobody's: middleware pads messages.
 */
export class CdrCursor {
  /** The message, with leftovers of earlier ones behind it. */
  bytes = new Uint8Array(2048);
  /** Where in `bytes` the text begins that {@link text} found, and where it ends. */
  textStart = 0;
  textEnd = 0;
  private readonly source: string;
  private view = new DataView(this.bytes.buffer);
  private length = 0;
  private offset = 0;
  private littleEndian = true;

  /**
   * @param type of the message, for errors, as in `sensor_msgs/msg/JointState`
   * @param topic that it comes from, for errors
   */
  constructor(type: string, topic?: string) {
    this.source = topic === undefined ? type : `${type} on ${topic}`;
  }

  /** Begin at the first field of `message`. */
  open(message: Uint8Array): void {
    const length = message.byteLength;
    this.offset = 0;
    if (length > MAX_MESSAGE_BYTES) {
      this.fail(`the message has ${length} bytes, more than the ${MAX_MESSAGE_BYTES} that are read`);
    }
    if (length < ENCAPSULATION_BYTES) {
      this.fail(`the message has ${length} bytes, not even the ${ENCAPSULATION_BYTES} of its header`);
    }
    if (length > this.bytes.byteLength) {
      this.bytes = new Uint8Array(Math.min(2 * length, MAX_MESSAGE_BYTES));
      this.view = new DataView(this.bytes.buffer);
    }
    this.bytes.set(message);
    this.length = length;
    // Always big-endian: it tells the order of the rest.
    const kind = this.view.getUint16(0, false);
    if (kind !== LITTLE_ENDIAN && kind !== BIG_ENDIAN) {
      this.fail(
        `the encoding is 0x${kind.toString(16).padStart(4, '0')}; ` +
          'only plain CDR is read, 0x0000 (big-endian) or 0x0001 (little-endian)',
      );
    }
    this.littleEndian = kind === LITTLE_ENDIAN;
    this.offset = ENCAPSULATION_BYTES;
  }

  uint8(): number {
    return this.view.getUint8(this.take(1, 1));
  }

  int32(): number {
    return this.view.getInt32(this.take(4, 4), this.littleEndian);
  }

  uint32(): number {
    return this.view.getUint32(this.take(4, 4), this.littleEndian);
  }

  float64(): number {
    return this.view.getFloat64(this.take(8, 8), this.littleEndian);
  }

  /** Fill `values`. */
  float64s(values: Float64Array): void {
    // Alignment is of elements: where there is none, nothing is skipped.
    if (values.length === 0) return;
    const { view, littleEndian } = this;
    const at = this.take(8, 8 * values.length);
    for (let k = 0; k < values.length; k++) values[k] = view.getFloat64(at + 8 * k, littleEndian);
  }

  /** Fill `values`. */
  float32s(values: Float32Array): void {
    if (values.length === 0) return;
    const { view, littleEndian } = this;
    const at = this.take(4, 4 * values.length);
    for (let k = 0; k < values.length; k++) values[k] = view.getFloat32(at + 4 * k, littleEndian);
  }

  skipFloat64s(count: number): void {
    if (count > 0) this.take(8, 8 * count);
  }

  /**
   * The length of a sequence: at most {@link MAX_SEQUENCE_LENGTH}, and there are bytes for it.
   * @param field whose it is, for errors
   * @param elementBytes the least that an element takes
   */
  sequenceLength(field: string, elementBytes: number): number {
    const count = this.uint32();
    if (count > MAX_SEQUENCE_LENGTH) {
      this.fail(`${field} has ${count} entries, more than the ${MAX_SEQUENCE_LENGTH} that are read`);
    }
    const left = this.length - this.offset;
    if (count * elementBytes > left) {
      this.fail(
        `${field} has ${count} entries of at least ${elementBytes} bytes, and only ${left} bytes follow`,
      );
    }
    return count;
  }

  /** Find a text, without decoding it: `bytes[textStart]` up to `bytes[textEnd]`, without its final NUL. */
  text(field: string): void {
    const size = this.uint32();
    if (size > MAX_TEXT_BYTES) {
      this.fail(`${field} has ${size} bytes, more than the ${MAX_TEXT_BYTES} that are read`);
    }
    const start = this.take(1, size);
    // Some writers leave the NUL out of an empty text.
    const end = Math.max(start, start + size - 1);
    if (size > 0 && this.bytes[end] !== 0) this.fail(`${field} is a text that does not end with NUL`);
    this.textStart = start;
    this.textEnd = end;
  }

  /** Refuse the message, at the byte reached. */
  fail(problem: string): never {
    throw new HebbridgeError('ERR_ROS_MESSAGE', `${this.source}: at byte ${this.offset}: ${problem}`);
  }

  /** Go over `count` bytes behind what `alignment` asks for; tells where they begin. */
  private take(alignment: number, count: number): number {
    const body = this.offset - ENCAPSULATION_BYTES;
    const start = ENCAPSULATION_BYTES + ((body + alignment - 1) & -alignment);
    if (start + count > this.length) {
      this.fail(`the message ends after ${this.length} bytes, where at least ${start + count} are needed`);
    }
    this.offset = start + count;
    return start;
  }
}
