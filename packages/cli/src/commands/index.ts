/** @file All commands, in the order of the help. Each is a small module; what is heavy is loaded when it runs. */
import type { Command } from "../command.js";
import { compare } from "./compare.js";
import { datasets } from "./datasets.js";
import { doctor } from "./doctor.js";
import { exportGenerator } from "./export.js";
import { metrics } from "./metrics.js";
import { report } from "./report.js";
import { resume } from "./resume.js";
import { runsList, runsRemove, runsShow } from "./runs.js";
import { sample } from "./sample.js";
import { train } from "./train.js";
import { variantsList, variantsShow } from "./variants.js";

export const COMMANDS: readonly Command[] = [
  train,
  compare,
  resume,
  sample,
  exportGenerator,
  report,
  runsList,
  runsShow,
  runsRemove,
  variantsList,
  variantsShow,
  datasets,
  metrics,
  doctor,
];
