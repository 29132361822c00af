/** @file Averaged copies of networks, measured by half-life: Karras et al. 2018, arXiv:1710.10196, Sec. 4; Yaz et al. 2019. */
import { checkOptions } from "./options.js";

export interface EmaOptions {
  /** Thousand real images after which a weight counts half; 0 keeps no memory. */
  readonly halfLifeKimg: number;
  /** Real images between two updates of the average. */
  readonly batchSize: number;
  /** Progress in thousand real images; given, the half-life is at most {@link EMA_RAMPUP} of it. */
  readonly kimg?: number;
}

/** A young average follows quickly: its half-life is at most this share of the progress (Karras et al. 2020, arXiv:2006.06676, code). */
const EMA_RAMPUP = 0.05;

/**
 * The share of the average that is kept at each update: average <- decay average + (1 - decay) params.
 *
 *     decay = 0.5^(batchSize / (1000 min(halfLifeKimg, 0.05 kimg)))
 *
 * @returns a number in [0,1)
 * @throws GanError BAD_CONFIG when the half-life is negative or the batch not > 0
 * @example emaDecay({ halfLifeKimg: 10, batchSize: 32 }) // 0.5^(32 / 10000) = 0.997784
 */
export function emaDecay({ halfLifeKimg, batchSize, kimg = Infinity }: EmaOptions): number {
  checkOptions("ema", "notNegative", { halfLifeKimg });
  checkOptions("ema", "positive", { batchSize });
  const halfLife = Math.min(halfLifeKimg, EMA_RAMPUP * kimg);
  return halfLife === 0 ? 0 : 0.5 ** (batchSize / (1000 * halfLife));
}
