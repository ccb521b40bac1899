#!/bin/sh
# Runs before the daemon starts, every time.
set -eu

# The import profile whose CIDs the workers compute before they upload: CIDv1, raw leaves, 1 MiB chunks, 1,024 links.
ipfs config profile apply unixfs-v1-2025
# The RPC is for this organisation's workers alone: it is not published outside the compose network.
ipfs config Addresses.API /ip4/0.0.0.0/tcp/5001
ipfs config Addresses.Gateway ""
ipfs config --json API.HTTPHeaders '{}'
ipfs config Datastore.StorageMax "${IPFS_STORAGE_MAX:-100GB}"
