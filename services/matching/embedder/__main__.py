"""`python -m services.matching.embedder`: for each line with a JSON list of texts, a line with the list of vectors.

A vector is written in hexadecimal digits. The process ends when its input does, so it outlives nobody who started it.
"""

import json
import os
import signal
import sys

from services.matching.engine.similarity.model import embed

NICER_THAN_OTHERS = 10


def main() -> None:
    """Answer line by line. An error ends the process, and its traceback says why."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C reaches the whole group; who started it ends it
    os.nice(NICER_THAN_OTHERS)
    with os.fdopen(os.dup(sys.stdout.fileno()), "wb") as answers:
        os.dup2(sys.stderr.fileno(), sys.stdout.fileno())  # whatever a library prints is no answer
        for line in sys.stdin.buffer:
            vectors = [vector.hex() for vector in embed(json.loads(line))]
            answers.write(json.dumps(vectors).encode() + b"\n")
            answers.flush()


if __name__ == "__main__":
    main()
