// Trains a network with @tensorflow/tfjs. Standard input: one line, {backend, sample, layers, features, labels, classes, epochs, batch, rate},
// floats as base64. One line for each round asked for by a further line on standard input: {seconds, loss}.
import { createInterface } from 'node:readline';
import * as tf from '@tensorflow/tfjs';

const lines = createInterface({ input: process.stdin })[Symbol.asyncIterator]();
const task = JSON.parse((await lines.next()).value);
const floats = (text) => new Float32Array(new Uint8Array(Buffer.from(text, 'base64')).buffer);

try {
  if (task.backend === 'wasm') {
    const wasm = await import('@tensorflow/tfjs-backend-wasm');
    wasm.setThreadsCount(task.threads);
    wasm.setWasmPaths(new URL('./node_modules/@tensorflow/tfjs-backend-wasm/dist/', import.meta.url).pathname);
  }
  await tf.setBackend(task.backend);
  await tf.ready();
} catch (error) {
  console.log(JSON.stringify({ error: String(error.message ?? error).slice(0, 300) }));
  process.exit(0);
}

// tfjs keeps the channels last.
let xs = tf.tensor(floats(task.features), [task.labels.length, ...task.sample]);
if (task.sample.length === 3) {
  xs = tf.transpose(xs, [0, 2, 3, 1]);
}
const ys = tf.oneHot(tf.tensor1d(task.labels, 'int32'), task.classes);

function build() {
  const model = tf.sequential();
  model.add(tf.layers.inputLayer({ inputShape: xs.shape.slice(1) }));
  for (const layer of task.layers) {
    switch (layer.type) {
      case 'dense': model.add(tf.layers.dense({ units: layer.units, kernelInitializer: 'heUniform' })); break;
      case 'conv': model.add(tf.layers.conv2d({ filters: layer.channels, kernelSize: layer.kernel, padding: layer.padding > 0 ? 'same' : 'valid', kernelInitializer: 'heUniform' })); break;
      case 'relu': model.add(tf.layers.reLU()); break;
      case 'pool': model.add(tf.layers.maxPooling2d({ poolSize: layer.size, strides: layer.size })); break;
      default: model.add(tf.layers.flatten());
    }
  }
  model.compile({ optimizer: tf.train.adam(task.rate), loss: (labels, logits) => tf.losses.softmaxCrossEntropy(labels, logits) });
  return model;
}

for (let next = await lines.next(); !next.done; next = await lines.next()) {
  try {
    const model = build();
    const start = performance.now();
    const history = await model.fit(xs, ys, { epochs: task.epochs, batchSize: task.batch, shuffle: true, verbose: 0, yieldEvery: 'never' });
    console.log(JSON.stringify({ seconds: (performance.now() - start) / 1000, loss: history.history.loss.at(-1) }));
    model.dispose();
  } catch (error) {
    console.log(JSON.stringify({ error: String(error.message ?? error).slice(0, 300) }));
  }
}
process.exit(0);
