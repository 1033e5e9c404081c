import { CdrCursor } from './cdr-cursor.js';
import { CdrTemplate, putFloat32s, putFloat64s } from './cdr-template.js';
import { RememberedText } from './remembered-text.js';

/*
 * std_msgs/msg/Float32MultiArray and Float64MultiArray: MultiArrayLayout layout (MultiArrayDimension[] dim, each
 * string label, uint32 size, uint32 stride; uint32 data_offset), float32[] or float64[] data.
 * Data are taken as they stand, one after another, whatever the layout says of them.
 */

/** A dimension without a label: the length of that, size, stride. */
const LEAST_DIMENSION_BYTES = 12;

/** Numbers as they were read; valid until their reader reads again. */
export interface MultiArrayView<Values extends Float32Array | Float64Array> {
  /** Of the first dimension; undefined where the layout has no dimensions. */
  label: string | undefined;
  /** Another array only if the length is another. */
  values: Values;
}

class LayoutReader {
  label: string | undefined;
  private readonly first = new RememberedText();

  read(cursor: CdrCursor): void {
    this.label = undefined;
    const dimensions = cursor.sequenceLength('layout.dim', LEAST_DIMENSION_BYTES);
    for (let k = 0; k < dimensions; k++) {
      if (k === 0) {
        this.first.read(cursor, 'layout.dim.label');
        this.label = this.first.value;
      } else {
        cursor.text('layout.dim.label');
      }
      cursor.uint32(); // size
      cursor.uint32(); // stride
    }
    cursor.uint32(); // data_offset
  }
}

abstract class MultiArrayReader<Values extends Float32Array | Float64Array> {
  protected readonly cursor: CdrCursor;
  private readonly layout = new LayoutReader();
  private readonly view: MultiArrayView<Values>;
  private readonly create: (count: number) => Values;

  protected constructor(type: string, create: (count: number) => Values, topic: string | undefined) {
    this.cursor = new CdrCursor(type, topic);
    this.create = create;
    this.view = { label: undefined, values: create(0) };
  }

  /** @throws HebbridgeError ERR_ROS_MESSAGE */
  read(message: Uint8Array): MultiArrayView<Values> {
    const { cursor, layout, view } = this;
    cursor.open(message);
    layout.read(cursor);
    view.label = layout.label;
    const count = cursor.sequenceLength('data', view.values.BYTES_PER_ELEMENT);
    if (view.values.length !== count) view.values = this.create(count);
    this.readInto(view.values);
    return view;
  }

  protected abstract readInto(values: Values): void;
}

export class Float64MultiArrayReader extends MultiArrayReader<Float64Array> {
  /** @param topic for errors */
  constructor(topic?: string) {
    super('std_msgs/msg/Float64MultiArray', (count) => new Float64Array(count), topic);
  }

  protected readInto(values: Float64Array): void {
    this.cursor.float64s(values);
  }
}

export class Float32MultiArrayReader extends MultiArrayReader<Float32Array> {
  /** @param topic for errors */
  constructor(topic?: string) {
    super('std_msgs/msg/Float32MultiArray', (count) => new Float32Array(count), topic);
  }

  protected readInto(values: Float32Array): void {
    this.cursor.float32s(values);
  }
}

/** One dimension with a label, or no layout at all. */
function writeLayout(template: CdrTemplate, size: number, label: string | undefined): void {
  template.uint32(label === undefined ? 0 : 1);
  if (label !== undefined) {
    template.text(label);
    template.uint32(size);
    template.uint32(size);
  }
  template.uint32(0);
}

export class Float64MultiArrayWriter {
  /** The message as written last; the same bytes are written again and again. */
  readonly buffer: Buffer;
  private readonly view: DataView;
  private readonly size: number;
  private readonly data: number;

  /** @param label of the one dimension; without it the layout has none */
  constructor(size: number, label?: string) {
    const template = new CdrTemplate();
    this.size = size;
    writeLayout(template, size, label);
    template.uint32(size);
    this.data = template.float64s(size);
    ({ buffer: this.buffer, view: this.view } = template.finish());
  }

  /** @param values [size] */
  write(values: ArrayLike<number>): Buffer {
    putFloat64s(this.view, this.data, this.size, values);
    return this.buffer;
  }
}

export class Float32MultiArrayWriter {
  /** The message as written last; the same bytes are written again and again. */
  readonly buffer: Buffer;
  private readonly view: DataView;
  private readonly size: number;
  private readonly data: number;

  /** @param label of the one dimension; without it the layout has none */
  constructor(size: number, label?: string) {
    const template = new CdrTemplate();
    this.size = size;
    writeLayout(template, size, label);
    template.uint32(size);
    this.data = template.float32s(size);
    ({ buffer: this.buffer, view: this.view } = template.finish());
  }

  /** @param values [size], rounded to single precision */
  write(values: ArrayLike<number>): Buffer {
    putFloat32s(this.view, this.data, this.size, values);
    return this.buffer;
  }
}
