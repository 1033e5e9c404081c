import { CdrWriter } from '@foxglove/cdr';
import { HebbridgeError } from '../../../policy/errors.js';

const TEXT_ENCODER = new TextEncoder();

/**
 * A message whose texts and lengths never change, encoded once as little-endian plain CDR; the numbers in it are
 * then put at the places that were noted on the way. The functions below do that and allocate nothing.
 */
export class CdrTemplate {
  private readonly writer = new CdrWriter({ size: 1024 });

  uint8(value: number): number {
    this.writer.uint8(value);
    return this.writer.size - 1;
  }

  uint32(value: number): void {
    this.writer.uint32(value);
  }

  /** builtin_interfaces Time or Duration, 0; tells its place. */
  time(): number {
    this.writer.int32(0).uint32(0);
    return this.writer.size - 8;
  }

  /** Encoded here, because `CdrWriter.string` counts UTF-16 units and cuts texts off that are not ASCII. */
  text(text: string): void {
    const bytes = TEXT_ENCODER.encode(text);
    this.writer
      .uint32(bytes.length + 1)
      .uint8Array(bytes)
      .uint8(0);
  }

  texts(texts: readonly string[]): void {
    this.writer.sequenceLength(texts.length);
    for (const text of texts) this.text(text);
  }

  /** std_msgs/Header; tells the place of its stamp. */
  header(frameId: string): number {
    const stamp = this.time();
    this.text(frameId);
    return stamp;
  }

  /** `count` numbers side by side, 0; tells the place of the first. */
  float64s(count: number): number {
    for (let k = 0; k < count; k++) this.writer.float64(0);
    return this.writer.size - 8 * count;
  }

  /** `count` numbers side by side, 0; tells the place of the first. */
  float32s(count: number): number {
    for (let k = 0; k < count; k++) this.writer.float32(0);
    return this.writer.size - 4 * count;
  }

  /** The message in a Buffer of its own, and a view of the same bytes to change them by. */
  finish(): { readonly buffer: Buffer; readonly view: DataView } {
    // Buffer.from would take a piece of a pool that other buffers share.
    const buffer = Buffer.alloc(this.writer.size);
    buffer.set(this.writer.data);
    return { buffer, view: new DataView(buffer.buffer, buffer.byteOffset, buffer.byteLength) };
  }
}

/** @throws HebbridgeError ERR_INTERNAL if there are not `count` values */
export function putFloat64s(view: DataView, place: number, count: number, values: ArrayLike<number>): void {
  if (values.length !== count) wrongLength(values.length, count);
  for (let k = 0; k < count; k++) view.setFloat64(place + 8 * k, values[k]!, true);
}

/** @throws HebbridgeError ERR_INTERNAL if there are not `count` values */
export function putFloat32s(view: DataView, place: number, count: number, values: ArrayLike<number>): void {
  if (values.length !== count) wrongLength(values.length, count);
  for (let k = 0; k < count; k++) view.setFloat32(place + 4 * k, values[k]!, true);
}

/** Whose own fault it is: lengths are fixed when a writer is made. */
function wrongLength(length: number, count: number): never {
  throw new HebbridgeError('ERR_INTERNAL', `${length} numbers were given for a message that holds ${count}`);
}
