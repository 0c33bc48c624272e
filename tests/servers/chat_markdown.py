"""discord-markdown-parser, a reader of the Markdown that Discord shows: what its people see of a message."""

import json
import os
import subprocess
from collections.abc import Sequence

from tests.servers import cache, npm

TITLE = "discord-markdown-parser"
VERSION = "1.3.1"
KEY = f"discord-markdown-parser-{VERSION}"
_SCRIPT = """
const { parse } = require('discord-markdown-parser')
const plain = { text: '', url: '', br: '\\n', everyone: '@everyone', here: '@here' }
const seen = (node) => {
  if (Array.isArray(node)) return node.map(seen).join('')
  if (typeof node === 'string') return node
  if (node.type === 'twemoji') return node.name
  const words = node.content === undefined ? '' : seen(node.content)
  return node.type in plain ? plain[node.type] + words : `<<${node.type}: ${words}>>`
}
const texts = JSON.parse(require('fs').readFileSync(0, 'utf8'))
console.log(JSON.stringify(texts.map((text) => seen(parse(text)))))
"""


def is_installed() -> bool:
    """Tells whether this version is in the cache."""
    return (cache.cached(KEY) / "node_modules/discord-markdown-parser/package.json").is_file()


def install() -> None:
    """Fetches this version into the cache."""
    if not is_installed():
        npm.provide_node()
        cache.fill(KEY, lambda folder: npm.install(folder, {"discord-markdown-parser": VERSION}))


def seen(texts: Sequence[str]) -> list[str]:
    """Returns for each message what is read; what is bold, a title or anything but plain words stands in marks."""
    environment = {**os.environ, "NODE_PATH": str(cache.cached(KEY) / "node_modules")}
    done = subprocess.run(
        ["node", "-e", _SCRIPT], input=json.dumps(list(texts)), env=environment, capture_output=True, text=True, check=True
    )
    found: list[str] = json.loads(done.stdout)
    return found
