// Runs an ONNX model with onnxruntime. Standard input: one line, {model, input, dims, threads}, bytes as base64; then a line for each round.
// Each round's answer: {seconds, sum}.
import { createInterface } from 'node:readline';
import ort from 'onnxruntime-node';

const lines = createInterface({ input: process.stdin })[Symbol.asyncIterator]();
const { model, input, dims, threads } = JSON.parse((await lines.next()).value);
const session = await ort.InferenceSession.create(Buffer.from(model, 'base64'), { intraOpNumThreads: threads, executionMode: 'sequential', graphOptimizationLevel: 'all' });
const values = new Float32Array(new Uint8Array(Buffer.from(input, 'base64')).buffer);
const size = values.length / dims[0];

for (let next = await lines.next(); !next.done; next = await lines.next()) {
  const batch = Number(next.value);
  let sum = 0;
  const start = performance.now();
  for (let at = 0; at < dims[0]; at += batch) {
    const count = Math.min(batch, dims[0] - at);
    const tensor = new ort.Tensor('float32', values.subarray(at * size, (at + count) * size), [count, ...dims.slice(1)]);
    const result = (await session.run({ [session.inputNames[0]]: tensor }))[session.outputNames[0]];
    sum += result.data[0];
  }
  console.log(JSON.stringify({ seconds: (performance.now() - start) / 1000, sum }));
}
process.exit(0);
