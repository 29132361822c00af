/** @file The option by which a command is followed by MLflow. Loads nothing, for the help. */
import { text } from "../options.js";

export const MLFLOW = text("MLflow server that follows while it runs, or off (default: MLFLOW_TRACKING_URI)");
