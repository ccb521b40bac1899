// Starts a js-ipfs node that talks to nobody, as a stand-in for Kubo: node server.mjs REPO_DIRECTORY [API_PORT]
// Prints {"api":"http://127.0.0.1:PORT"} when it answers. SIGTERM ends it cleanly.
import { rmSync } from 'node:fs'
import { join } from 'node:path'
import { create } from 'ipfs-core'
import { HttpApi } from 'ipfs-http-server'

const [repo, port = '0'] = process.argv.slice(2)
if (!repo) {
  console.error('usage: node server.mjs REPO_DIRECTORY [API_PORT]')
  process.exit(2)
}

// A node that was killed leaves its lock behind; each repository has one owner here.
rmSync(join(repo, 'repo.lock'), { recursive: true, force: true })

const node = await create({
  repo,
  silent: true,
  preload: { enabled: false },
  relay: { enabled: false, hop: { enabled: false } },
  config: {
    Bootstrap: [],
    Addresses: { API: `/ip4/127.0.0.1/tcp/${port}`, Gateway: '', Swarm: [], Delegates: [] },
    Discovery: { MDNS: { Enabled: false }, webRTCStar: { Enabled: false } },
    Routing: { Type: 'none' }
  }
})
const api = new HttpApi(node)
await api.start()

const { address, port: bound } = api._apiServers[0].info
console.log(JSON.stringify({ api: `http://${address}:${bound}` }))

process.on('SIGTERM', async () => {
  await api.stop()
  await node.stop()
  process.exit(0)
})
