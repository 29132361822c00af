/**
 * @file Everything that can go wrong, as four classes, and every message, one function each.
 *
 * A message says where, what was expected, what came and what to do. No message holds a password, a token or a header.
 */

interface ErrorFacts {
  readonly cause?: unknown;
  /** Whether the server may have carried the request out although no good answer came. */
  readonly ambiguous?: boolean;
  /** Whether the same request may well succeed later. */
  readonly transient?: boolean;
}

/** What every failure of this package is an instance of. */
export class MlflowError extends Error {
  override readonly name: string = "MlflowError";
  /** The server may have carried the request out: look before you create the same thing again. */
  readonly ambiguous: boolean;
  /** The same request may succeed later without any change of yours. */
  readonly transient: boolean;

  constructor(message: string, { cause, ambiguous = false, transient = false }: ErrorFacts = {}) {
    super(message, cause === undefined ? {} : { cause });
    this.ambiguous = ambiguous;
    this.transient = transient;
  }
}

/** A value that the server would refuse or, worse, change; thrown before anything is sent. */
export class MlflowInputError extends MlflowError {
  override readonly name = "MlflowInputError";
}

/** The server answered with an error. */
export class MlflowApiError extends MlflowError {
  override readonly name = "MlflowApiError";
  /** HTTP status. */
  readonly status: number;
  /** The server's own code, for example `RESOURCE_DOES_NOT_EXIST`; "UNKNOWN" when the answer was not MLflow's JSON. */
  readonly errorCode: string;
  /** The server's own words, or the beginning of the page that came. */
  readonly serverMessage: string;
  /** From the header Retry-After. */
  readonly retryAfterMs: number | undefined;

  constructor(message: string, facts: ErrorFacts & ApiErrorFacts) {
    super(message, facts);
    this.status = facts.status;
    this.errorCode = facts.errorCode;
    this.serverMessage = facts.serverMessage;
    this.retryAfterMs = facts.retryAfterMs;
  }
}

interface ApiErrorFacts {
  readonly status: number;
  readonly errorCode: string;
  readonly serverMessage: string;
  readonly retryAfterMs: number | undefined;
}

/** No answer: refused, reset, timed out, wrong certificate. */
export class MlflowConnectionError extends MlflowError {
  override readonly name = "MlflowConnectionError";
}

/** An answer that MLflow does not give: cut off, another page, a field that is missing. */
export class MlflowResponseError extends MlflowError {
  override readonly name = "MlflowResponseError";
}

/** @param what the value's name @param expected what it must be @param got what came @param advice what to do */
export const badInput = (what: string, expected: string, got: unknown, advice: string): MlflowInputError =>
  new MlflowInputError(`[mlflow] ${what} must be ${expected}, got ${shown(got)}; ${advice}`);

/** Two values for one param of one run. */
export const conflictingParam = (key: string, first: string, second: string): MlflowInputError =>
  new MlflowInputError(
    `[mlflow] param ${shown(key)} must have one value, got ${shown(first)} and ${shown(second)}; ` +
      `MLflow never changes a param: log the second one under another key or as a tag`,
  );

export const noTrackingUri = (): MlflowInputError =>
  new MlflowInputError(
    "[mlflow] the address of the tracking server must be given, got none; " +
      "pass trackingUri or set MLFLOW_TRACKING_URI, for example http://127.0.0.1:5000",
  );

export const badTrackingUri = (uri: string): MlflowInputError =>
  new MlflowInputError(
    `[mlflow] the tracking address must begin with http:// or https://, got ${shown(uri)}; ` +
      "a folder or a database is no server: start one with mlflow server",
  );

export const notProxied = (owner: string, artifactUri: string): MlflowInputError =>
  new MlflowInputError(
    `[mlflow ${owner}] artifacts must be kept by the tracking server (mlflow-artifacts:/…), got ${shown(artifactUri)}; ` +
      "start the server with --serve-artifacts and make a new experiment, for the old one keeps its place",
  );

export const deletedExperiment = (name: string): MlflowInputError =>
  new MlflowInputError(
    `[mlflow] experiment ${shown(name)} must be active, got deleted; restore it in MLflow or choose another name`,
  );

export const notAnImage = (key: string): MlflowInputError =>
  new MlflowInputError(`[mlflow] image ${shown(key)} must be a PNG or WebP file, got other bytes; encode it as PNG`);

/** What the server said, with what to do about it. */
export function apiFailure(
  where: string,
  facts: ApiErrorFacts & { readonly withCredentials: boolean },
): MlflowApiError {
  const { status, errorCode, serverMessage, withCredentials } = facts;
  const advice =
    status === 401
      ? withCredentials
        ? "the server refused the credentials: check MLFLOW_TRACKING_USERNAME and MLFLOW_TRACKING_PASSWORD, or MLFLOW_TRACKING_TOKEN"
        : "the server asks for credentials: set MLFLOW_TRACKING_USERNAME and MLFLOW_TRACKING_PASSWORD, or MLFLOW_TRACKING_TOKEN"
      : status === 403
        ? "the server forbids it: ask for permission, or check the address"
        : undefined;
  const code = errorCode === "UNKNOWN" ? "" : ` ${errorCode}`;
  const words = serverMessage === "" ? "" : `: ${serverMessage}`;
  const message = `[mlflow ${where}] the server answered ${status}${code}${words}${advice === undefined ? "" : `; ${advice}`}`;
  const transient = TRANSIENT_STATUS.has(status);
  return new MlflowApiError(message, { ...facts, transient, ambiguous: status >= 500 });
}

/** Statuses after which the same request may succeed. */
const TRANSIENT_STATUS: ReadonlySet<number> = new Set([408, 429, 500, 502, 503, 504]);

/** A page instead of JSON: a wrong address, an old server, or a proxy in between. */
export const notMlflow = (where: string, facts: ApiErrorFacts): MlflowApiError =>
  new MlflowApiError(
    `[mlflow ${where}] expected MLflow's JSON, got a page with status ${facts.status} (${shown(facts.serverMessage)}); ` +
      (facts.status >= 500
        ? "the server or a proxy in front of it is in trouble: try again later"
        : "check the address, and that the server is new enough for this call"),
    { ...facts, transient: true, ambiguous: facts.status >= 500 },
  );

export const redirected = (where: string, status: number, to: string): MlflowResponseError =>
  new MlflowResponseError(
    `[mlflow ${where}] expected an answer, got ${status} to ${shown(to)}; use the final address as tracking URI`,
  );

/** @param sent whether bytes of the request may have reached the server */
export function noConnection(where: string, cause: unknown, sent: boolean): MlflowConnectionError {
  const code = codeOf(cause);
  if (code !== undefined && CERTIFICATE_CODES.has(code))
    return new MlflowConnectionError(
      `[mlflow ${where}] the server's certificate cannot be trusted (${code}); name its authority with ` +
        "tls.ca or MLFLOW_TRACKING_SERVER_CERT_PATH",
      { cause },
    );
  const what = cause instanceof Error ? cause.message || (code ?? cause.name) : String(cause);
  return new MlflowConnectionError(
    `[mlflow ${where}] ${sent ? "the connection broke before the answer came" : "cannot reach the server"} (${what}); ` +
      "check that it runs and that the address is right",
    { cause, transient: true, ambiguous: sent },
  );
}

export const timedOut = (where: string, ms: number): MlflowConnectionError =>
  new MlflowConnectionError(
    `[mlflow ${where}] no answer within ${Math.round(ms) / 1000} s; check the server, or raise timeoutMs ` +
      "(MLFLOW_HTTP_REQUEST_TIMEOUT, in seconds)",
    { transient: true, ambiguous: true },
  );

/** @param problem what was expected and what came */
export const badResponse = (where: string, problem: string, cause?: unknown): MlflowResponseError =>
  new MlflowResponseError(`[mlflow ${where}] ${problem}; the server or a proxy cut or changed the answer: try again`, {
    cause,
    transient: true,
    ambiguous: true,
  });

export const artifactDiffers = (path: string, expected: number, got: number | undefined): MlflowResponseError =>
  new MlflowResponseError(
    `[mlflow artifact ${path}] ${expected} bytes were sent, the server lists ${got ?? "none"}; upload it again`,
    { transient: true },
  );

export const artifactChanged = (path: string, expected: number, got: number): MlflowInputError =>
  new MlflowInputError(
    `[mlflow artifact ${path}] the source must have ${expected} bytes, got ${got}; do not change a file while it is sent`,
  );

/** The errno or OpenSSL code of a failed call. */
function codeOf(cause: unknown): string | undefined {
  const code = cause instanceof Error && "code" in cause ? cause.code : undefined;
  return typeof code === "string" ? code : undefined;
}

const CERTIFICATE_CODES: ReadonlySet<string> = new Set([
  "CERT_HAS_EXPIRED",
  "CERT_NOT_YET_VALID",
  "CERT_UNTRUSTED",
  "DEPTH_ZERO_SELF_SIGNED_CERT",
  "ERR_TLS_CERT_ALTNAME_INVALID",
  "SELF_SIGNED_CERT_IN_CHAIN",
  "UNABLE_TO_GET_ISSUER_CERT",
  "UNABLE_TO_GET_ISSUER_CERT_LOCALLY",
  "UNABLE_TO_VERIFY_LEAF_SIGNATURE",
]);

const SHOWN_LENGTH = 80;

/** A value in a message: quoted, on one line, not too long. */
function shown(value: unknown): string {
  if (typeof value !== "string") return String(value);
  return JSON.stringify(value.length > SHOWN_LENGTH ? `${value.slice(0, SHOWN_LENGTH)}…` : value);
}
