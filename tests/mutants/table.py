"""The mutations of the guarantees: small edits of the product's source, each with the test that notices it.

They are data, in the TOML files of this folder, a table for each:

    [name]
    what = "what is broken"
    file = "the source file"
    edits = [["text that stands there exactly once", "what takes its place"]]  # and a third: another file
    test = "the test that must fail"
    says = "a part of what it then says"

`harmless = "why"` in place of `says`: the test passes, since another guard stands behind the one that is gone.
"""

import tomllib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[2]
README = ROOT / "tests" / "chaos" / "README.md"
BEGIN, END = "<!-- mutants: begin -->", "<!-- mutants: end -->"


class Outdated(Exception):
    """A mutation does not fit the source any more. The message says which, and what to do."""


@dataclass(frozen=True, slots=True)
class Mutant:
    """One mutation. `edits` are old text, new text and file."""

    name: str
    what: str
    edits: Sequence[tuple[str, str, str]]
    test: str
    says: str = ""
    harmless: str = ""

    def apply(self, root: Path) -> None:
        """Edit the tree. Raises Outdated, and writes nothing, unless each old text stands there exactly once."""
        sources = {file: (root / file).read_text() for _, _, file in self.edits}
        for old, new, file in self.edits:
            if (found := sources[file].count(old)) != 1:
                raise Outdated(f"{self.name}: {file} has {found} times, not once: {old!r}; follow the source")
            sources[file] = sources[file].replace(old, new)
        for file, source in sources.items():
            (root / file).write_text(source)

    @property
    def test_name(self) -> str:
        """The test without its folder and parameters."""
        return self.test.rpartition("::")[2].partition("[")[0]

    @property
    def row(self) -> str:
        """Its line in the README's table."""
        if self.harmless:
            return f"| {self.what} | harmless alone: {self.harmless} (`{self.test_name}`) |"
        says = f': "{self.says}"' if self.says != "assert" else ""
        return f"| {self.what} | `{self.test_name}`{says} |"


def mutants() -> list[Mutant]:
    """All of them, in the order of the files."""
    found = []
    for path in sorted(Path(__file__).parent.glob("*.toml")):
        for name, table in tomllib.loads(path.read_text()).items():
            file = table.pop("file")
            edits = [(old, new, *(other or [file])) for old, new, *other in table.pop("edits")]
            found.append(Mutant(name, edits=edits, **table))
    return found


def readme_table() -> str:
    """What stands between the marks in tests/chaos/README.md."""
    rows = "\n".join(mutant.row for mutant in mutants())
    return f"{BEGIN}\n| What was broken | What noticed it, and its words |\n|---|---|\n{rows}\n{END}"


def write_readme() -> None:
    """Bring the README's table up to date."""
    text = README.read_text()
    before, after = text.partition(BEGIN)[0], text.partition(END)[2]
    README.write_text(before + readme_table() + after)
