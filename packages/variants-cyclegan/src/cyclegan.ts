/**
 * @file CycleGAN: two translators between two domains, held together by the way there and back.
 *
 * Zhu, Park, Isola and Efros 2017, arXiv:1703.10593, Eq. 1 to 3 (objective), Sec. 4 (training) and Sec. 5.2 (identity terms).
 * Letters follow the paper: x and y are pictures of the two domains, G takes x to y and F takes y to x; DX and DY are the
 * critics D_X and D_Y, lambda is cycleLambda.
 */
import {
  adam,
  badConfig,
  batch,
  choice,
  defineVariant,
  leastSquares,
  linearDecay,
  logUniform,
  phase,
  replay,
  tf,
  uniformRange,
  view,
  type DataSpec,
  type Network,
  type Tensor,
} from "@gan-arena/core";
import { z as zod } from "zod";
import { patchCritic, resnetGenerator, unetGenerator } from "./networks.js";

export const cycleganConfig = zod.object({
  generator: zod.enum(["resnet", "unet"]).default("resnet").describe("residual blocks as in the paper, or a U-Net"),
  filters: zod.int().min(1).max(256).default(16).describe("channels of the translators at full size"),
  blocks: zod.int().min(0).max(16).default(3).describe("residual blocks of each translator; a U-Net has none"),
  criticFilters: zod.int().min(1).max(256).default(32).describe("channels of the critics' first convolution"),
  cycleLambda: zod.number().min(0).max(1000).default(10).describe("weight of the way there and back, lambda in Eq. 3"),
  identityLambda: zod
    .number()
    .min(0)
    .max(100)
    .default(0.5)
    .describe("weight of the identity terms of Sec. 5.2 in units of cycleLambda; 0 leaves them out"),
  historySize: zod.int().min(1).max(10_000).default(50).describe("translations kept to show to the critics, Sec. 4"),
  lr: zod.number().min(1e-7).max(1).default(2e-4).describe("learning rate of all networks"),
  beta1: zod.number().min(0).max(0.9999).default(0.5).describe("decay of Adam's first moment"),
  decayFrom: zod
    .number()
    .min(0)
    .max(1)
    .default(0.5)
    .describe("share of the budget after which the learning rate falls linearly to 0; 1 keeps it"),
});

export type CycleganConfig = zod.infer<typeof cycleganConfig>;

const lsgan = leastSquares(); // targets 0, 1, 1

interface Plan {
  readonly channels: number;
  /** Halvings of the residual translators. */
  readonly halvings: number;
  /** Halvings of a U-Net: down to 2 pixels, or as long as the size is even. */
  readonly unetHalvings: number;
  /** Strided convolutions of the critics. */
  readonly strided: number;
}

const SMALLEST = 16;
const LARGEST = 256;
/** Pictures below this size are halved once and judged in patches of 16 pixels. */
const SMALL = 48;
/** Pictures from this size on are judged in the paper's patches of 70 pixels. */
const LARGE = 96;

/** What the size of the pictures decides. @throws GanError BAD_CONFIG without two domains of one fitting size */
function plan({ name, image, fields }: DataSpec): Plan {
  const { x, y } = fields;
  if (!image || !x || !y)
    throw badConfig(
      "cyclegan",
      `needs pictures of two domains in the fields x and y, got ${Object.keys(fields).join(" and ")} from "${name}"; choose another data set, for example digits-inverted`,
    );
  const { height, width, channels } = image;
  if (
    x.shape.join() !== y.shape.join() ||
    height !== width ||
    height % 4 !== 0 ||
    height < SMALLEST ||
    height > LARGEST
  )
    throw badConfig(
      "cyclegan",
      `needs square pictures of one size in x and y, ${SMALLEST} to ${LARGEST} pixels and a multiple of 4, got [${x.shape.join()}] and [${y.shape.join()}] from "${name}"; choose another data set or size`,
    );
  let unetHalvings = 0;
  for (let side = height; side % 2 === 0 && side > 2; side /= 2) unetHalvings++;
  const [halvings, strided] = height < SMALL ? [1, 1] : height < LARGE ? [2, 2] : [2, 3];
  return { channels, halvings, unetHalvings, strided };
}

function translator({ generator, filters, blocks }: CycleganConfig, data: DataSpec): Network {
  const { channels, halvings, unetHalvings } = plan(data);
  return generator === "unet"
    ? unetGenerator({ filters, channels, halvings: unetHalvings })
    : resnetGenerator({ filters, channels, blocks, halvings });
}

/** Mean absolute difference: the L1 norms of Eq. 2, per value. */
const l1 = (a: Tensor, b: Tensor): Tensor => tf.mean(tf.abs(tf.sub(a, b)));

/** G minimises E[(D(G(x)) - 1)^2]; the loss of core has the factor 1/2 of Mao et al., which the paper has not. */
const fooling = (fake: Tensor): Tensor => tf.mul(2, lsgan.generator({ fake }));

/** Pictures that belong together, one after the other: `[N,…]` k times to `[N k,…]`. */
const sideBySide = (pictures: readonly Tensor[]): Tensor =>
  tf.reshape(tf.stack([...pictures], 1), [-1, ...(pictures[0]?.shape.slice(1) ?? [])]);

export const cyclegan = defineVariant<CycleganConfig>({
  name: "cyclegan",
  paper: {
    title: "Unpaired Image-to-Image Translation using Cycle-Consistent Adversarial Networks",
    authors: "Zhu, Park, Isola, Efros",
    year: 2017,
    arxiv: "1703.10593",
    venue: "ICCV 2017",
  },
  deviations: [
    "critics that see 16 pixels along each side below 48 pixels and 34 below 96, instead of 70, which would see more than the picture",
    "translators with 16 channels, 3 residual blocks and, below 48 pixels, one halving, instead of 64, 6 to 9 and two for 128 to 256 pixels; critics with 32 channels instead of 64",
    "batches of 4 instead of 1, which keeps small networks busy; --batch 1 brings the paper's back",
    "the critics are shown the next real pictures and not those that were just translated",
    "the rate falls in the second half of the budget, whatever its length, instead of from epoch 100 to 200",
    "identity terms, which the paper uses for paintings only, are on as in the authors' code; identityLambda=0 turns them off",
  ],
  config: cycleganConfig,
  searchSpace: {
    lr: logUniform(5e-5, 1e-3),
    cycleLambda: logUniform(1, 30),
    identityLambda: uniformRange(0, 1),
    filters: choice(16, 32, 64),
  },
  defaults: (_, { image }) => ({ batchSize: 4, kimg: image && image.height < SMALL ? 10 : 14 }),

  networks(config, data) {
    const critic = patchCritic({ filters: config.criticFilters, strided: plan(data).strided });
    return { G: translator(config, data), F: translator(config, data), DX: critic, DY: critic };
  },

  optimizers({ lr, beta1, decayFrom }) {
    // Sec. 4: Adam; the same rate for the first half, then linearly to 0.
    const optimizer = adam({ lr, beta1, schedule: linearDecay({ from: decayFrom }) });
    return { G: optimizer, F: optimizer, DX: optimizer, DY: optimizer };
  },

  phases: ({ cycleLambda, identityLambda, historySize }) => [
    phase({
      name: "translators",
      updates: ["G", "F"],
      draws: { x: batch("x"), y: batch("y") },
      loss({ G, F, DX, DY }, { x, y }) {
        const fakeY = G(x); // [N,H,W,C]
        const fakeX = F(y);
        const cycle = { cycleX: l1(F(fakeY), x), cycleY: l1(G(fakeX), y) }; // Eq. 2
        // Sec. 5.2: what looks like y already should stay as it is.
        const identity: Record<string, Tensor> =
          identityLambda > 0 ? { identityX: l1(F(x), x), identityY: l1(G(y), y) } : {};
        return {
          terms: {
            adversarialY: fooling(DY(fakeY)), // Eq. 1 with the squares of Sec. 4
            adversarialX: fooling(DX(fakeX)),
            ...weighted(cycleLambda, cycle),
            ...weighted(cycleLambda * identityLambda, identity),
          },
          emits: { fakeX, fakeY },
        };
      },
    }),
    phase({
      name: "critics",
      updates: ["DX", "DY"],
      draws: {
        x: batch("x"),
        y: batch("y"),
        fakeX: replay("fakeX", historySize), // Sec. 4: a history against oscillation
        fakeY: replay("fakeY", historySize),
      },
      loss({ DX, DY }, { x, y, fakeX, fakeY }) {
        const scores = { x: { real: DX(x), fake: DX(fakeX) }, y: { real: DY(y), fake: DY(fakeY) } };
        return {
          // With the factor 1/2 of Mao et al.: the paper halves the critics' objective too (Appendix 7.1).
          terms: {
            DX: { adversarial: lsgan.discriminator(scores.x) },
            DY: { adversarial: lsgan.discriminator(scores.y) },
          },
          probes: {
            "score/realX": tf.mean(scores.x.real),
            "score/fakeX": tf.mean(scores.x.fake),
            "score/realY": tf.mean(scores.y.real),
            "score/fakeY": tf.mean(scores.y.fake),
          },
        };
      },
    }),
  ],

  views(_, data) {
    plan(data);
    // Real, translated, reconstructed, and, where the test data has one, the true partner; rows of whole groups.
    const side = { columns: data.pairs ? 16 : 9, pictured: true };
    return [
      view({
        name: "translated",
        draws: { x: batch("x") },
        translates: { from: "x", to: "y" },
        render: ({ G }, { x }) => G(x),
      }),
      view({
        name: "translated-back",
        draws: { y: batch("y") },
        translates: { from: "y", to: "x" },
        render: ({ F }, { y }) => F(y),
      }),
      view({
        name: "cycle-x",
        draws: { x: batch("x"), y: batch("y") },
        ...side,
        render({ G, F }, { x, y }) {
          const fakeY = G(x);
          return sideBySide([x, fakeY, F(fakeY), ...(data.pairs ? [y] : [])]);
        },
      }),
      view({
        name: "cycle-y",
        draws: { x: batch("x"), y: batch("y") },
        ...side,
        render({ G, F }, { x, y }) {
          const fakeX = F(y);
          return sideBySide([y, fakeX, G(fakeX), ...(data.pairs ? [x] : [])]);
        },
      }),
    ];
  },
});

const weighted = (weight: number, terms: Readonly<Record<string, Tensor>>): Record<string, Tensor> =>
  Object.fromEntries(Object.entries(terms).map(([name, term]) => [name, tf.mul(weight, term)]));
