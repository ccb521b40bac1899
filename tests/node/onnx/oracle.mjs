// Runs ONNX models with onnxruntime. One JSON object per line on standard input, {model, input, dims}: bytes as base64, floats
// little-endian; one line {output, dims} or {error} for each on standard output.
import { createInterface } from 'node:readline';
import ort from 'onnxruntime-node';

for await (const line of createInterface({ input: process.stdin })) {
  const { model, input, dims } = JSON.parse(line);
  try {
    const session = await ort.InferenceSession.create(Buffer.from(model, 'base64'), { intraOpNumThreads: 1, logSeverityLevel: 4 });
    const bytes = Buffer.from(input, 'base64');
    const values = new Float32Array(new Uint8Array(bytes).buffer);
    const results = await session.run({ [session.inputNames[0]]: new ort.Tensor('float32', values, dims) });
    const result = results[session.outputNames[0]];
    const data = Buffer.from(result.data.buffer, result.data.byteOffset, result.data.byteLength);
    console.log(JSON.stringify({ output: data.toString('base64'), dims: result.dims }));
    await session.release();
  } catch (error) {
    console.log(JSON.stringify({ error: String(error.message ?? error) }));
  }
}
