"""A new migration lets the release before go on working, or says why it need not."""

from pathlib import Path

import pytest

from shared.events.catalogue import SERVICES
from tests.contracts.migration_rules import problems

ROOT = Path(__file__).parents[2]
# Written before there were these rules. `0002_headers_as_text` is the example of what they are for.
EXEMPT = {
    "shared/postgres/migrations/0001_guarantees.sql",
    "shared/postgres/migrations/0002_headers_as_text.sql",
    "services/evaluation/migrations/0001_initial.sql",
    "services/exchange/migrations/0001_initial.sql",
    "services/intake/migrations/0001_initial.sql",
    "services/matching/migrations/0001_initial.sql",
    "services/monitor/migrations/0001_initial.sql",
    "services/portal/migrations/0001_read_model.sql",
    "services/portal/migrations/0002_machine_clients.sql",
    "services/portal/migrations/0003_peer.sql",
}
FOLDERS = ["shared/postgres/migrations", *(f"services/{service}/migrations" for service in SERVICES)]

UNSAFE = {
    "ban-drop-column": "ALTER TABLE t DROP COLUMN a;",
    "ban-drop-table": "DROP TABLE t;",
    "renaming-column": "ALTER TABLE t RENAME COLUMN a TO b;",
    "renaming-table": "ALTER TABLE t RENAME TO u;",
    "changing-column-type": "ALTER TABLE t ALTER COLUMN a TYPE bigint;",
    "adding-not-nullable-field": "ALTER TABLE t ALTER COLUMN a SET NOT NULL;",
    "adding-required-field": "ALTER TABLE t ADD COLUMN a bigint NOT NULL;",
    "adding-field-with-default": "ALTER TABLE t ADD COLUMN a uuid NOT NULL DEFAULT gen_random_uuid();",
    "constraint-missing-not-valid": "ALTER TABLE t ADD CONSTRAINT c CHECK (a > 0);",
    "adding-foreign-key-constraint": "ALTER TABLE t ADD CONSTRAINT f FOREIGN KEY (a) REFERENCES u (a);",
    "disallowed-unique-constraint": "ALTER TABLE t ADD CONSTRAINT n UNIQUE (a);",
    "require-concurrent-index-creation": "CREATE INDEX i ON t (a);",
}
SAFE = [
    "CREATE TABLE n (a bigint PRIMARY KEY, b text NOT NULL); CREATE INDEX i ON n (b);",
    "ALTER TABLE t ADD COLUMN a text;",
    "ALTER TABLE t ADD COLUMN a bigint NOT NULL DEFAULT 0;",
    "ALTER TABLE t ADD CONSTRAINT c CHECK (a > 0) NOT VALID;",
]


def migrations() -> list[str]:
    return [str(path.relative_to(ROOT)) for folder in FOLDERS for path in sorted((ROOT / folder).glob("[0-9]*.sql"))]


@pytest.mark.parametrize("name", sorted(set(migrations()) - EXEMPT) or ["none yet"])
def test_a_new_migration_spares_the_release_before(name: str) -> None:
    """Breaks when a file does what the running release may not survive, without a reason (services/README.md)."""
    if name != "none yet":
        assert not problems(ROOT / name)


def test_only_files_that_are_there_are_exempt() -> None:
    assert set(migrations()) >= EXEMPT


@pytest.mark.parametrize("rule", UNSAFE)
def test_what_can_break_the_release_before_is_found(rule: str, tmp_path: Path) -> None:
    """Breaks when a later version of the linter forgets a rule, or the list of rules that are ours grows too long."""
    file = tmp_path / "0009_unsafe.sql"
    file.write_text(UNSAFE[rule])
    assert any(rule in problem for problem in problems(file))


@pytest.mark.parametrize("sql", SAFE)
def test_what_only_adds_is_let_pass(sql: str, tmp_path: Path) -> None:
    file = tmp_path / "0009_safe.sql"
    file.write_text(sql)
    assert problems(file) == []


@pytest.mark.parametrize(
    ("comment", "allowed"),
    [
        ("-- Nobody reads it since release 12.\n-- squawk-ignore ban-drop-column\n", True),
        ("-- squawk-ignore ban-drop-column\n", False),
        ("-- Drop it.\n-- squawk-ignore ban-drop-column\n", False),
        ("-- Nobody reads it since release 12.\n", False),
    ],
)
def test_a_reason_lets_a_statement_pass_and_nothing_else_does(comment: str, allowed: bool, tmp_path: Path) -> None:
    file = tmp_path / "0009_contract.sql"
    file.write_text(f"{comment}ALTER TABLE t DROP COLUMN a;\n")
    assert (problems(file) == []) is allowed
