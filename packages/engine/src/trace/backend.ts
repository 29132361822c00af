/**
 * @file A TensorFlow.js backend whose kernels do not compute: they write nodes into a graph.
 *
 * TensorFlow.js runs a function as always, its tape included; what comes out is the graph of the function and of its
 * gradients. Tensors made outside a trace hold plain data and become constants when they are used.
 */
import { tf, type Tensor } from "@gan-arena/core";
import type { DType } from "@gan-arena/core/base";
import type { BackendValues, DataType, TensorInfo } from "@tensorflow/tfjs";
import { badDtype, cannotTrace, valuesAwaited, valuesRead } from "../errors.js";
import { constantData, Graph, isConstant, type Data, type NodeRequest, type Value } from "../graph/ir.js";
import { simplify } from "../passes/simplify.js";

export const TRACER = "gan-arena-onnx";

interface HostData {
  readonly data: Data;
  readonly shape: readonly number[];
  readonly dtype: DType;
}

type Entry = { readonly graph: Graph; readonly value: Value } | HostData;

/** Computes a value that is read outside of any phase. Set by the runtime, so that tracing alone needs no ONNX Runtime. */
export type Evaluator = (value: Value) => Promise<Data>;

export class TracerBackend extends tf.KernelBackend {
  /** The graph that kernels write to; outside a trace each value belongs to one ambient graph. */
  graph = new Graph("outside", simplify);
  private tracing = false;
  /** Whether a traced function waits for values. */
  private awaited = false;
  private readonly entries = new WeakMap<object, Entry>();
  evaluator?: Evaluator;

  /** Runs `body` with kernels writing to a new graph. Not reentrant: a trace is synchronous. */
  trace<T>(name: string, body: (graph: Graph) => T): T {
    if (this.tracing) throw cannotTrace(name, "a program cannot be compiled while another one is being traced");
    const outer = this.graph;
    this.graph = new Graph(name, simplify);
    this.tracing = true;
    this.awaited = false;
    try {
      const result = body(this.graph);
      if (this.awaited) throw valuesAwaited(name);
      return result;
    } catch (error) {
      throw this.awaited ? valuesAwaited(name) : error; // what went wrong then, went wrong with a promise
    } finally {
      this.graph = outer;
      this.tracing = false;
    }
  }

  /** The graph value of a tensor. */
  value(info: TensorInfo): Value {
    const entry = this.entry(info.dataId);
    if (!("graph" in entry)) return this.graph.constant(entry.data, info.shape, entry.dtype);
    if (entry.graph !== this.graph)
      throw cannotTrace(
        this.graph.name,
        "a tensor that was computed in another phase is used here; a phase may only use its own inputs",
      );
    const { value } = entry;
    // A tensor may share its data with another one of the same size but other shape.
    return this.graph.make({ op: "Reshape", inputs: [value], shape: info.shape, dtype: value.dtype });
  }

  tensorInfo(value: Value): TensorInfo {
    const dataId = {};
    this.entries.set(dataId, { graph: this.graph, value });
    return { dataId, shape: [...value.shape], dtype: value.dtype };
  }

  /** A tensor that stands for a graph value. */
  tensor(value: Value): Tensor {
    return tf.engine().makeTensorFromTensorInfo(this.tensorInfo(value));
  }

  make(request: NodeRequest): Value {
    return this.graph.make(request);
  }

  private entry(dataId: object): Entry {
    if (!this.entries.has(dataId)) tf.engine().moveData(this, dataId);
    return this.entries.get(dataId) as Entry;
  }

  override write(values: BackendValues, shape: number[], dtype: DataType): object {
    const dataId = {};
    this.move(dataId, values, shape, dtype);
    return dataId;
  }

  override move(dataId: object, values: BackendValues, shape: number[], dtype: DataType): void {
    if (dtype !== "float32" && dtype !== "int32" && dtype !== "bool") throw badDtype(this.graph.name, dtype);
    this.entries.set(dataId, { data: values as Data, shape, dtype });
  }

  override readSync(dataId: object): BackendValues {
    const entry = this.entry(dataId);
    if (!("graph" in entry)) return entry.data;
    if (isConstant(entry.value)) return constantData(entry.value);
    if (this.tracing) throw valuesRead(this.graph.name);
    throw cannotTrace(this.graph.name, "dataSync() cannot wait for the engine; use await x.data()");
  }

  override read(dataId: object): Promise<BackendValues> {
    if (this.tracing) {
      // Nobody may be there to take a rejection, and what waits for values must not go on when the trace is over.
      this.awaited = true;
      return new Promise(() => undefined);
    }
    const entry = this.entry(dataId);
    if (!("graph" in entry)) return Promise.resolve(entry.data);
    if (isConstant(entry.value)) return Promise.resolve(constantData(entry.value));
    if (!this.evaluator) return Promise.reject(valuesRead(this.graph.name));
    return this.evaluator(entry.value);
  }

  override disposeData(): boolean {
    return true;
  }
  override refCount(): number {
    return 1;
  }
  override incRef(): void {}
  override numDataIds(): number {
    return 0;
  }
  override memory(): { unreliable: boolean } {
    return { unreliable: true };
  }
  override floatPrecision(): 32 {
    return 32;
  }
  override epsilon(): number {
    return 1e-7;
  }
  override timerAvailable(): boolean {
    return false;
  }
  override dispose(): void {}
}
