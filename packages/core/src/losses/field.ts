/** @file The setting `loss` of variants whose idea lies elsewhere. */
import { z } from "zod";
import { LOSS_NAMES, type LossName } from "./by-name.js";

/**
 * The field `loss` of a config: any loss of core, by name.
 *
 * In the generator's phase ask `lossByName(config.loss).comparesReal`: a relativistic loss wants real scores there too.
 * @param paper the loss that the variant's authors use
 */
export const lossField = (paper: LossName) =>
  z
    .enum(LOSS_NAMES)
    .default(paper)
    .describe(`what both sides minimise; the paper's is ${paper}, minimax is the form in which G's gradient vanishes`);
