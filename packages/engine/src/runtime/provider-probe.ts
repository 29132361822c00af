/** @file A program: tries an execution provider and prints why it cannot run here, or nothing. */
import { providerFailure } from "./providers.js";

process.stdout.write((await providerFailure(process.argv[2] ?? "")) ?? "");
