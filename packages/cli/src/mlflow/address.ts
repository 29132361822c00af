/** @file Which MLflow server a command sends to. */
import { badConfig } from "@gan-arena/core/base";
import { lastServerOf } from "@gan-arena/tracking/mlflow";
import { MlflowClient, MlflowError } from "mlflow-js-client";
import type { Context } from "../context.js";

const OFF = "off";

/**
 * The command line before the config file, the config file before MLFLOW_TRACKING_URI, and that before the server that has
 * the beginning of what is resumed. It may hold a password: it is shown nowhere and handed on in the environment only.
 * @param resumed the run, comparison or sweep that goes on
 * @throws GanError BAD_CONFIG when it is no address, before anything is trained
 */
export function mlflowAddress(
  given: string | undefined,
  { config, home }: Pick<Context, "config" | "home">,
  resumed?: string,
): string | undefined {
  const address =
    given ??
    config.values.mlflow ??
    (process.env["MLFLOW_TRACKING_URI"] || undefined) ??
    (resumed === undefined ? undefined : lastServerOf(home, resumed));
  if (address === undefined || address === OFF) return undefined;
  try {
    new MlflowClient({ trackingUri: address }).close();
  } catch (error) {
    if (error instanceof MlflowError)
      throw badConfig(
        given === undefined ? "MLFLOW_TRACKING_URI" : "--mlflow",
        `${error.message.replace("[mlflow] ", "")}; --mlflow off goes without`,
      );
    throw error;
  }
  return address;
}
