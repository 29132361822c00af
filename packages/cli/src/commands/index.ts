/** @file All commands, in the order of the help. Each is a small module; what is heavy is loaded when it runs. */
import type { Command } from "../command.js";
import { bench } from "./bench.js";
import { checkVariant } from "./check-variant.js";
import { cite } from "./cite.js";
import { compare } from "./compare.js";
import { datasets } from "./datasets.js";
import { doctor } from "./doctor.js";
import { engineBuild } from "./engine.js";
import { exportGenerator } from "./export.js";
import { metrics } from "./metrics.js";
import { mlflow } from "./mlflow.js";
import { newVariant } from "./new-variant.js";
import { report } from "./report.js";
import { resume } from "./resume.js";
import { runsList, runsRemove, runsShow } from "./runs.js";
import { sample } from "./sample.js";
import { sweepCollect, sweepRender, sweepTrial } from "./sweep-batch.js";
import { sweepCheck, sweepList, sweepShow } from "./sweep-show.js";
import { sweepResume, sweepRun } from "./sweep.js";
import { sync } from "./sync.js";
import { train } from "./train.js";
import { variantsList, variantsShow } from "./variants.js";

export const COMMANDS: readonly Command[] = [
  train,
  compare,
  sweepRun,
  sweepResume,
  sweepShow,
  sweepList,
  sweepCheck,
  sweepRender,
  sweepTrial,
  sweepCollect,
  resume,
  sample,
  exportGenerator,
  report,
  runsList,
  runsShow,
  runsRemove,
  variantsList,
  variantsShow,
  cite,
  newVariant,
  checkVariant,
  datasets,
  metrics,
  sync,
  mlflow,
  doctor,
  engineBuild,
  bench,
];
