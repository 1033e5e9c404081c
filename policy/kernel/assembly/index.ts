// One control step of a plastic network, four postsynaptic neurons (a "block") at a time.
//
// Memory is laid out by policy/network-buffers.ts; `table` points at one record of 8 words per layer:
//   0 pre pointer, 1 pre count, 2 post pointer, 3 block count, 4 weights pointer, 5 coefficients pointer,
//   6 bounding kind (i32, see policy/weight-bounding.ts), 7 bounding parameter (f32)
// Weights of a block are [pre][4]; effective coefficients of a block are [pre][A B C D][4].
// policy/reference-step.ts is this file in readable form; a test holds the two to the same bits.
import { tanh4 } from './tanh';

const WORD: usize = 4;
const VECTOR: usize = 16;
const COEFFICIENTS: usize = 64;
const RECORD: usize = 32;

const DECAY: i32 = 1;
const OJA: i32 = 2;
const LARGEST: i32 = 3;
const NORM: i32 = 4;

export function step(table: usize, layers: i32, plastic: i32): void {
  for (let layer = 0; layer < layers; layer++) {
    const record = table + <usize>layer * RECORD;
    forward(record);
    if (plastic) update(record);
  }
}

function forward(record: usize): void {
  const pre = load<u32>(record) as usize;
  const preBytes = (load<u32>(record, 4) as usize) * WORD;
  const post = load<u32>(record, 8) as usize;
  const blocks = load<i32>(record, 12);
  const weights = load<u32>(record, 16) as usize;
  const blockBytes = preBytes * 4;

  let block = 0;
  // Four blocks side by side hide the latency of each block's chain of additions.
  for (; block + 4 <= blocks; block += 4) {
    const w0 = weights + <usize>block * blockBytes;
    const w1 = w0 + blockBytes;
    const w2 = w1 + blockBytes;
    const w3 = w2 + blockBytes;
    let sum0 = f32x4.splat(0);
    let sum1 = f32x4.splat(0);
    let sum2 = f32x4.splat(0);
    let sum3 = f32x4.splat(0);
    let at: usize = 0;
    for (let i: usize = 0; i < preBytes; i += WORD) {
      const x = v128.load_splat<f32>(pre + i);
      sum0 = f32x4.add(sum0, f32x4.mul(x, v128.load(w0 + at)));
      sum1 = f32x4.add(sum1, f32x4.mul(x, v128.load(w1 + at)));
      sum2 = f32x4.add(sum2, f32x4.mul(x, v128.load(w2 + at)));
      sum3 = f32x4.add(sum3, f32x4.mul(x, v128.load(w3 + at)));
      at += VECTOR;
    }
    const out = post + <usize>block * VECTOR;
    v128.store(out, tanh4(sum0));
    v128.store(out, tanh4(sum1), 16);
    v128.store(out, tanh4(sum2), 32);
    v128.store(out, tanh4(sum3), 48);
  }
  for (; block < blocks; block++) {
    const w = weights + <usize>block * blockBytes;
    let sum = f32x4.splat(0);
    let at: usize = 0;
    for (let i: usize = 0; i < preBytes; i += WORD) {
      sum = f32x4.add(sum, f32x4.mul(v128.load_splat<f32>(pre + i), v128.load(w + at)));
      at += VECTOR;
    }
    v128.store(post + <usize>block * VECTOR, tanh4(sum));
  }
}

function update(record: usize): void {
  const pre = load<u32>(record) as usize;
  const preBytes = (load<u32>(record, 4) as usize) * WORD;
  const post = load<u32>(record, 8) as usize;
  const blocks = load<i32>(record, 12);
  const weights = load<u32>(record, 16) as usize;
  const coefficients = load<u32>(record, 20) as usize;
  const kind = load<i32>(record, 24);
  const parameter = load<f32>(record, 28);
  const one = f32x4.splat(1);
  const end = pre + preBytes;

  let w = weights;
  let c = coefficients;
  let largest = f32x4.splat(0);
  for (let block = 0; block < blocks; block++) {
    const y = v128.load(post + <usize>block * VECTOR);
    let keep = one;
    if (kind == DECAY) keep = f32x4.sub(one, f32x4.splat(parameter));
    else if (kind == OJA) keep = f32x4.sub(one, f32x4.mul(f32x4.splat(parameter), f32x4.mul(y, y)));

    // A loop for each way to bound, so that nothing is decided inside of it.
    const first = w;
    if (kind == NORM) {
      let squares = f32x4.splat(0);
      for (let x = pre; x < end; x += WORD) {
        const next = updated(x, y, keep, w, c);
        v128.store(w, next);
        squares = f32x4.add(squares, f32x4.mul(next, next));
        w += VECTOR;
        c += COEFFICIENTS;
      }
      const norm = f32x4.max(f32x4.sqrt(squares), f32x4.splat(parameter));
      scale(first, w, f32x4.div(f32x4.splat(parameter), norm));
    } else if (kind == LARGEST) {
      for (let x = pre; x < end; x += WORD) {
        const next = updated(x, y, keep, w, c);
        v128.store(w, next);
        largest = f32x4.max(largest, f32x4.abs(next));
        w += VECTOR;
        c += COEFFICIENTS;
      }
    } else {
      let x = pre;
      // Four at a time: the loop itself costs as much as a third of so short a body.
      for (; x + 4 * WORD <= end; x += 4 * WORD) {
        v128.store(w, updated(x, y, keep, w, c));
        v128.store(w, updated(x + WORD, y, keep, w + VECTOR, c + COEFFICIENTS), VECTOR);
        v128.store(w, updated(x + 2 * WORD, y, keep, w + 2 * VECTOR, c + 2 * COEFFICIENTS), 2 * VECTOR);
        v128.store(w, updated(x + 3 * WORD, y, keep, w + 3 * VECTOR, c + 3 * COEFFICIENTS), 3 * VECTOR);
        w += 4 * VECTOR;
        c += 4 * COEFFICIENTS;
      }
      for (; x < end; x += WORD) {
        v128.store(w, updated(x, y, keep, w, c));
        w += VECTOR;
        c += COEFFICIENTS;
      }
    }
  }
  if (kind == LARGEST) {
    const peak = max(
      max(f32x4.extract_lane(largest, 0), f32x4.extract_lane(largest, 1)),
      max(f32x4.extract_lane(largest, 2), f32x4.extract_lane(largest, 3)),
    );
    if (peak > 0) scale(weights, w, f32x4.splat(parameter / peak));
  }
}

/** Four weights after the update, from the presynaptic activity at `x` and the coefficients at `c`. */
// @ts-ignore: decorator
@inline
function updated(x: usize, y: v128, keep: v128, w: usize, c: usize): v128 {
  const activity = v128.load_splat<f32>(x);
  const change = f32x4.add(
    f32x4.mul(y, f32x4.add(f32x4.mul(v128.load(c), activity), v128.load(c, 32))),
    f32x4.add(f32x4.mul(v128.load(c, 16), activity), v128.load(c, 48)),
  );
  return f32x4.mul(keep, f32x4.add(v128.load(w), change));
}

function scale(from: usize, to: usize, factor: v128): void {
  for (let at = from; at < to; at += VECTOR) v128.store(at, f32x4.mul(v128.load(at), factor));
}
