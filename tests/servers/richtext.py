"""@atproto/api, the network's own library: it finds links, mentions and tags in a text, and counts where they stand in bytes."""

import json
import os
import subprocess
from collections.abc import Sequence
from typing import Any

from tests.servers import cache, npm

TITLE = "@atproto/api"
VERSION = "0.18.20"
KEY = f"atproto-api-{VERSION}"
_SCRIPT = """
const { RichText } = require('@atproto/api')
const texts = JSON.parse(require('fs').readFileSync(0, 'utf8'))
console.log(JSON.stringify(texts.map((text) => {
  const found = new RichText({ text })
  found.detectFacetsWithoutResolution()
  const facets = (found.facets || []).map(({ index, features: [feature] }) => ({
    start: index.byteStart, end: index.byteEnd, kind: feature.$type.split('#')[1], value: feature.uri || feature.tag || feature.did,
  }))
  return { facets, graphemes: found.graphemeLength, bytes: found.length }
})))
"""


def is_installed() -> bool:
    """Tells whether this version is in the cache."""
    return (cache.cached(KEY) / "node_modules/@atproto/api/package.json").is_file()


def install() -> None:
    """Fetches this version into the cache."""
    if not is_installed():
        npm.provide_node()
        cache.fill(KEY, lambda folder: npm.install(folder, {"@atproto/api": VERSION}))


def read(texts: Sequence[str]) -> list[dict[str, Any]]:
    """Returns for each text its ``facets`` (places in bytes of UTF-8), and its length in ``graphemes`` and ``bytes``."""
    environment = {**os.environ, "NODE_PATH": str(cache.cached(KEY) / "node_modules")}
    done = subprocess.run(
        ["node", "-e", _SCRIPT], input=json.dumps(list(texts)), env=environment, capture_output=True, text=True, check=True
    )
    found: list[dict[str, Any]] = json.loads(done.stdout)
    return found
