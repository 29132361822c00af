/**
 * @file The networks of CycleGAN: Zhu et al. 2017, arXiv:1703.10593, Sec. 4 and Appendix 7.2.
 *
 * Generators take `[N,H,W,C]` to `[N,H,W,C]`; critics score patches, `[N,h,w,1]`.
 */
import { normalInit, tf, type Network, type Scope, type Tensor } from "@gan-arena/core";

/** Weights begin as N(0, 0.02), Appendix 7.1. */
const init = normalInit(0.02);
/** Slope of the leaky rectifier for negative inputs. */
const SLOPE = 0.2;

/** Instance normalisation without learnt factors, as in the authors' code; a bias before it would be cancelled. */
const normalized = (nn: Scope, x: Tensor): Tensor => nn.instanceNorm(x, { scale: false, shift: false });

/** Mirrors `margin` pixels about each border, the outermost pixel itself not repeated. */
const reflected = (x: Tensor, margin: number): Tensor =>
  tf.mirrorPad(
    x,
    [
      [0, 0],
      [margin, margin],
      [margin, margin],
      [0, 0],
    ],
    "reflect",
  );

export interface GeneratorOptions {
  /** Channels at the full size; doubled with each halving. */
  readonly filters: number;
  /** Channels of the pictures. */
  readonly channels: number;
}

/**
 * c7s1-f, dK twice or once, R blocks, uK as often, c7s1-C (Appendix 7.2): convolutions in, residual blocks at the smallest
 * size, fractionally strided convolutions out.
 * @param options.halvings the paper has 2
 */
export function resnetGenerator({
  filters,
  channels,
  blocks,
  halvings,
}: GeneratorOptions & { readonly blocks: number; readonly halvings: number }): Network {
  return (nn, x) => {
    const outer = { kernel: 7, padding: "valid", init } as const;
    let h = tf.relu(normalized(nn, nn.conv2d(reflected(x, 3), filters, { ...outer, bias: false }))); // [N,H,W,f]
    for (let step = 1; step <= halvings; step++) {
      h = nn.conv2d(h, filters * 2 ** step, { kernel: 3, stride: 2, padding: 1, init, bias: false });
      h = tf.relu(normalized(nn, h)); // [N,H/2^step,W/2^step,f 2^step]
    }
    for (let block = 0; block < blocks; block++) h = nn.scope(nn.unique("block"), (nn) => residual(nn, h));
    for (let step = halvings - 1; step >= 0; step--) {
      const up = { kernel: 3, stride: 2, padding: 1, outputPadding: 1, init, bias: false } as const;
      h = tf.relu(normalized(nn, nn.convTranspose2d(h, filters * 2 ** step, up)));
    }
    return tf.tanh(nn.conv2d(reflected(h, 3), channels, outer)); // [N,H,W,C]
  };
}

/** Two 3x3 convolutions beside the identity; no rectifier after the sum. */
function residual(nn: Scope, x: Tensor): Tensor {
  const filters = x.shape[3] ?? 0;
  const inner = { kernel: 3, padding: "valid", init, bias: false } as const;
  const h = tf.relu(normalized(nn, nn.conv2d(reflected(x, 1), filters, inner)));
  return tf.add(x, normalized(nn, nn.conv2d(reflected(h, 1), filters, inner)));
}

/** Channels are not doubled more often than this, as in the U-Net of Isola et al. 2017, arXiv:1611.07004. */
const DOUBLINGS = 3;

/**
 * U-Net (Isola et al. 2017, Appendix 6.1): every size on the way down is joined to the same size on the way up, so that
 * fine structure need not pass the bottleneck.
 * @param options.halvings sizes on the way down
 */
export function unetGenerator({
  filters,
  channels,
  halvings,
}: GeneratorOptions & { readonly halvings: number }): Network {
  const widthAt = (step: number): number => filters * 2 ** Math.min(step, DOUBLINGS);
  const strided = { kernel: 4, stride: 2, padding: 1, init, bias: false } as const;
  return (nn, x) => {
    const sizes: Tensor[] = [];
    let h = x;
    for (let step = 0; step < halvings; step++) {
      h = nn.conv2d(step === 0 ? h : tf.leakyRelu(h, SLOPE), widthAt(step), strided);
      // The first and the innermost are not normalised: nothing would be left of a single pixel.
      if (step > 0 && step < halvings - 1) h = normalized(nn, h);
      sizes.push(h); // [N,H/2^(step+1),W/2^(step+1),width]
    }
    for (let step = halvings - 2; step >= 0; step--) {
      h = normalized(nn, nn.convTranspose2d(tf.relu(h), widthAt(step), strided));
      h = tf.concat([h, sizes[step]], 3); // [N,H/2^(step+1),W/2^(step+1),2 width]
    }
    return tf.tanh(nn.convTranspose2d(tf.relu(h), channels, { ...strided, bias: true }));
  };
}

/**
 * PatchGAN: C64-C128-C256-C512 of 4x4 filters, and a score for every place (Appendix 7.2). With n strided convolutions, one
 * more of stride 1 and the score, a place sees 16 pixels along each side for n = 1, 34 for 2 and 70 for 3.
 */
export function patchCritic({ filters, strided }: { readonly filters: number; readonly strided: number }): Network {
  const options = { kernel: 4, padding: 1, init } as const;
  return (nn, x) => {
    // No normalisation in the first layer, Appendix 7.2.
    let h = tf.leakyRelu(nn.conv2d(x, filters, { ...options, stride: 2 }), SLOPE);
    for (let step = 1; step <= strided; step++) {
      const width = filters * 2 ** Math.min(step, DOUBLINGS);
      h = nn.conv2d(h, width, { ...options, stride: step < strided ? 2 : 1, bias: false });
      h = tf.leakyRelu(normalized(nn, h), SLOPE);
    }
    return nn.conv2d(h, 1, { ...options, name: "score" }); // [N,h,w,1]
  };
}

/** Pixels along each side that a score of {@link patchCritic} sees. */
export function receptiveField(strided: number): number {
  let field = 4; // the score
  field += 3; // the last convolution, of stride 1
  for (let step = 0; step < strided; step++) field = 2 * field + 2; // 4x4, stride 2: (field - 1) 2 + 4
  return field;
}
