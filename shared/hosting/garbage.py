"""How often a service's process looks for garbage that refers to itself."""

import gc

# A batch of 500 events makes some 15,000 containers that live until its commit, and none of them needs the collector:
# counting references frees them. At Python's own threshold, 700, it walks them 20 times a batch in vain, which took a
# quarter of the consumer's processor time.
CONTAINERS_BETWEEN_LOOKS = 50_000


def collect_rarely() -> None:
    """Look seldom, and never again at what was imported. Call once, when everything is imported."""
    gc.collect()
    gc.freeze()
    _, *older = gc.get_threshold()
    gc.set_threshold(CONTAINERS_BETWEEN_LOOKS, *older)
