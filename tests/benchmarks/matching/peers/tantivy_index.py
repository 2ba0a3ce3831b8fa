"""tantivy, the search library beneath several search servers: how long a changed offer takes until a search sees it.

A document holds what an offer needs to be found: its id, its codes as terms without positions, and the numbers of the
score as one field of bytes, which is less than a search by score would need. One thread writes, and the reader is told
to look again: both are the fastest that there is. A million documents take three quarters of a minute, a third of which
goes to making them here; six times the heap saved 4 % of it, and two threads took 1.7 times as long. The index lies in
a folder, where a commit waits for the disk, as it does in the servers that are built on it; or in memory, where it is
gone with its process, as ours is.
"""

from collections.abc import Callable, Hashable, Iterable, Iterator
from pathlib import Path

import tantivy

from services.matching.engine.days import free_stretches
from services.matching.engine.index.bitmaps import Bitmaps
from services.matching.engine.index.entries import Names
from services.matching.engine.values import Candidate

HEAP, PORTION = 256_000_000, 100_000
NUMBERS = bytes(64)  # as long as a line of ours


class Tantivy:
    """Offers as documents; in memory unless there is a folder."""

    def __init__(
        self, offers: Iterable[Candidate], tell: Callable[[int], None] = lambda _: None, folder: Path | None = None
    ) -> None:
        fields = tantivy.SchemaBuilder()
        for name in ("offer", "has"):
            fields.add_text_field(name, tokenizer_name="raw", index_option="basic")
        fields.add_bytes_field("numbers", fast=True)
        self._schema = fields.build()
        self._bitmaps = Bitmaps()  # for the names alone
        self._names = Names(self._bitmaps)
        self._index = tantivy.Index(self._schema, str(folder) if folder else None)
        self._index.config_reader(reload_policy="manual")
        self._writer = self._index.writer(HEAP, num_threads=1)
        for number, one in enumerate(offers, start=1):
            self._writer.add_document(self.document(one))
            if number % PORTION == 0:
                tell(number)
        self._writer.commit()
        self._index.reload()

    def document(self, one: Candidate) -> tantivy.Document:
        """What is kept of an offer."""
        document = tantivy.Document()
        document.add_text("offer", one.offer_id.hex)
        for name in self._named(one):
            document.add_text("has", str(name))
        document.add_bytes("numbers", NUMBERS)
        return document

    def put(self, one: Candidate) -> None:
        """Put an offer in the place of what was known of it; when this returns, searches see it."""
        self._writer.delete_documents_by_term("offer", one.offer_id.hex)
        self._writer.add_document(self.document(one))
        self._writer.commit()
        self._index.reload()

    def close(self) -> None:
        """Return when nothing writes into the folder any more; segments are merged beside the commits."""
        self._writer.wait_merging_threads()

    def has(self, one: Candidate) -> bool:
        """Whether a search for the offer's id and everything that it has finds it, and no other state of it."""
        named = [tantivy.Query.term_query(self._schema, "offer", one.offer_id.hex)]
        terms = [tantivy.Query.term_query(self._schema, "has", str(name)) for name in self._named(one)]
        searcher = self._index.searcher()
        known, found = (
            len(searcher.search(tantivy.Query.boolean_query([(tantivy.Occur.Must, each) for each in some]), 2).hits)
            for some in (named, named + terms)
        )
        return known == found == 1

    def _named(self, one: Candidate) -> Iterator[Hashable]:
        return self._bitmaps.named_in(self._names.of(one, free_stretches(one)))
