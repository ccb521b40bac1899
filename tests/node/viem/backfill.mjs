// viem's time for a backfill. Usage: node backfill.mjs URL TOKEN FROM TO BLOCKS_PER_REQUEST IN_FLIGHT
// Prints the sum of the transfers' values and the seconds that it took, without Node's start.
import { createPublicClient, http, parseAbiItem } from 'viem';

const [url, address, from, to, step, inFlight] = process.argv.slice(2);
const client = createPublicClient({ transport: http(url, { timeout: 60_000 }) });
const event = parseAbiItem('event Transfer(address indexed from, address indexed to, uint256 value)');

const started = performance.now();
let next = BigInt(from);
let sum = 0n;
async function worker() {
  while (next <= BigInt(to)) {
    const fromBlock = next;
    next += BigInt(step);
    const toBlock = next - 1n < BigInt(to) ? next - 1n : BigInt(to);
    for (const log of await client.getLogs({ address, event, fromBlock, toBlock })) sum += log.args.value;
  }
}
await Promise.all(Array.from({ length: Number(inFlight) }, worker));
process.stdout.write(`${sum} ${(performance.now() - started) / 1000}`);
