// Runs one half of a real Bluesky network on loopback, until it is told to end or its standard input closes.
//   node bluesky_pds.cjs plc PORT                       the directory of identities, kept in memory
//   node bluesky_pds.cjs pds PORT DATA-FOLDER PLC-PORT  the server that holds accounts and posts
'use strict'
const crypto = require('node:crypto')
const fs = require('node:fs')
const net = require('node:net')
const path = require('node:path')

const LOOPBACK = '127.0.0.1'

// Neither half lets us choose an address to bind, so every listener is turned to loopback here.
const originalListen = net.Server.prototype.listen
net.Server.prototype.listen = function listenOnLoopback(first, ...rest) {
  const callback = rest.find((argument) => typeof argument === 'function')
  const options = first !== null && typeof first === 'object' ? first : { port: Number(first) }
  return originalListen.call(this, { ...options, host: LOOPBACK }, callback)
}

// The same secret at each start: a server that was killed comes back with its sessions and signing keys.
const secret = (purpose) => crypto.createHash('sha256').update(`scheduler tests: ${purpose}`).digest('hex')

async function startDirectory(port) {
  const { PlcServer, Database } = require('@did-plc/server')
  const directory = PlcServer.create({ db: Database.mock(), port, version: '0.0.1' })
  await directory.start()
  return directory
}

async function startServer(port, folder, directoryPort) {
  const blobs = path.join(folder, 'blobs')
  fs.mkdirSync(blobs, { recursive: true })
  const settings = {
    LOG_ENABLED: 'false',
    PDS_ADMIN_PASSWORD: secret('admin').slice(0, 16),
    PDS_BLOBSTORE_DISK_LOCATION: blobs,
    PDS_CRAWLERS: '',
    PDS_DATA_DIRECTORY: folder,
    PDS_DEV_MODE: 'true',
    PDS_DID_PLC_URL: `http://${LOOPBACK}:${directoryPort}`,
    PDS_DISABLE_SSRF_PROTECTION: 'true',
    PDS_DPOP_SECRET: secret('dpop'),
    PDS_HOSTNAME: 'localhost',
    PDS_INVITE_REQUIRED: 'false',
    PDS_JWT_SECRET: secret('jwt').slice(0, 32),
    PDS_PLC_ROTATION_KEY_K256_PRIVATE_KEY_HEX: secret('rotation'),
    PDS_PORT: String(port),
    PDS_RATE_LIMITS_ENABLED: 'false',
    PDS_SERVICE_HANDLE_DOMAINS: '.test',
  }
  for (const [name, value] of Object.entries(settings)) process.env[name] ??= value
  const { PDS, envToCfg, envToSecrets, readEnv } = require('@atproto/pds')
  const environment = readEnv()
  const server = await PDS.create(envToCfg(environment), envToSecrets(environment))
  await server.start()
  return server
}

async function main([half, port, ...rest]) {
  const running = half === 'plc' ? await startDirectory(Number(port)) : await startServer(Number(port), path.resolve(rest[0]), Number(rest[1]))
  let ending = false
  const end = async () => {
    if (ending) return
    ending = true
    await running.destroy()
    process.exit(0)
  }
  process.on('SIGTERM', end)
  process.on('SIGINT', end)
  process.stdin.on('close', end).resume()
}

main(process.argv.slice(2)).catch((error) => {
  console.error(error)
  process.exit(1)
})
