import fc from 'fast-check';
import {
  BoolReader,
  BoolWriter,
  ClockReader,
  ClockWriter,
  Float32MultiArrayReader,
  Float32MultiArrayWriter,
  Float64MultiArrayReader,
  Float64MultiArrayWriter,
  Float64Reader,
  Float64Writer,
} from '../../../../bridge/ros2/messages/index.js';
import {
  type Codec,
  type Time,
  number,
  single,
  anyTime,
  earlyTime,
  asciiText,
  anyText,
  seconds,
  sevens,
} from './codec.js';

interface MultiArray {
  layout: { dim: { label: string; size: number; stride: number }[]; data_offset: number };
  data: number[];
}

const multiArrays = (value: fc.Arbitrary<number>): fc.Arbitrary<MultiArray> => {
  const whole = fc.nat(0xffffffff);
  const dimension = fc.record({ label: asciiText, size: whole, stride: whole });
  return fc.record({
    layout: fc.record({ dim: fc.array(dimension, { maxLength: 3 }), data_offset: whole }),
    data: fc.array(value, { maxLength: 40 }),
  });
};

const writtenMultiArrays = (value: fc.Arbitrary<number>): fc.Arbitrary<MultiArray> =>
  fc.tuple(fc.option(anyText), fc.array(value, { maxLength: 40 })).map(([label, data]) => ({
    layout: {
      dim: label === null ? [] : [{ label, size: data.length, stride: data.length }],
      data_offset: 0,
    },
    data,
  }));

const toldOfMultiArray = ({ layout, data }: MultiArray) => ({ label: layout.dim[0]?.label, values: data });

export const float64MultiArray: Codec<MultiArray> = {
  type: 'std_msgs/msg/Float64MultiArray',
  arriving: multiArrays(number),
  leaving: writtenMultiArrays(number),
  reader: () => {
    const reader = new Float64MultiArrayReader();
    return (bytes) => {
      const { label, values } = reader.read(bytes);
      return { label, values: [...values] };
    };
  },
  told: toldOfMultiArray,
  write: ({ layout, data }) => {
    const writer = new Float64MultiArrayWriter(data.length, layout.dim[0]?.label);
    writer.write(sevens(data.length));
    return writer.write(data);
  },
};

export const float32MultiArray: Codec<MultiArray> = {
  type: 'std_msgs/msg/Float32MultiArray',
  arriving: multiArrays(single),
  leaving: writtenMultiArrays(single),
  reader: () => {
    const reader = new Float32MultiArrayReader();
    return (bytes) => {
      const { label, values } = reader.read(bytes);
      return { label, values: [...values] };
    };
  },
  told: toldOfMultiArray,
  write: ({ layout, data }) => {
    const writer = new Float32MultiArrayWriter(data.length, layout.dim[0]?.label);
    writer.write(sevens(data.length));
    return writer.write(data);
  },
};

export const clock: Codec<{ clock: Time }> = {
  type: 'rosgraph_msgs/msg/Clock',
  arriving: fc.record({ clock: anyTime }),
  leaving: fc.record({ clock: earlyTime }),
  reader: () => {
    const reader = new ClockReader();
    return (bytes) => reader.read(bytes);
  },
  told: (message) => seconds(message.clock),
  write: (message) => {
    const writer = new ClockWriter();
    writer.write(7);
    return writer.write(seconds(message.clock));
  },
};

export const bool: Codec<{ data: boolean }> = {
  type: 'std_msgs/msg/Bool',
  arriving: fc.record({ data: fc.boolean() }),
  leaving: fc.record({ data: fc.boolean() }),
  reader: () => {
    const reader = new BoolReader();
    return (bytes) => reader.read(bytes);
  },
  told: ({ data }) => data,
  write: ({ data }) => {
    const writer = new BoolWriter();
    writer.write(!data);
    return writer.write(data);
  },
};

export const float64: Codec<{ data: number }> = {
  type: 'std_msgs/msg/Float64',
  arriving: fc.record({ data: number }),
  leaving: fc.record({ data: number }),
  reader: () => {
    const reader = new Float64Reader();
    return (bytes) => reader.read(bytes);
  },
  told: ({ data }) => data,
  write: ({ data }) => {
    const writer = new Float64Writer();
    writer.write(7);
    return writer.write(data);
  },
};
