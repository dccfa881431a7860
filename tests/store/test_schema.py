"""The migrations, and every statement file against the schema that they make: what keeps the daemon able
to run on several machines (no schema names, keys that begin with ticket_id, nothing computed from the
server's clock), and that no statement forgets its caller's scope.
"""

import os
import pathlib
import re
import secrets
import subprocess

import pytest

ROOT = pathlib.Path(__file__).resolve().parents[2]
SQL = ROOT / "sql"
SCHEMA = "other_name"  # not the usual one: nothing may name it
STATEMENTS = sorted(file.relative_to(SQL / "stmt").with_suffix("").as_posix()
                    for file in (SQL / "stmt").rglob("*.sql"))
MIGRATIONS = sorted((SQL / "migrations").glob("*.sql"))

# Statements that read tickets, tasks, events or identities without a scope, and why they may.
SCOPELESS = {
    "likeness/drop": "writes",
    "likeness/insert": "writes",
    "likeness/update": "writes",
    "event/horizon": "no rows",
    "event/touched": "wakes polls of this daemon; each then asks within its scope",
    "event/chain": "by id; the flow checks the scope",
    "event/data": "of tickets that are being erased",
    "event/insert": "writes",
    "event/of_tickets": "the fold",
    "event/unfolded": "the fold",
    "event/unnoticed": "derives notices; each is then held against its webhook's scope",
    "event/orphans": "for admins: what has no ticket has no area",
    "event/strip": "writes",
    "identity/erase": "writes",
    "identity/insert": "writes",
    "identity/load": "of a ticket that was loaded and found in reach",
    "month/publish": "of areas that the flow took from the caller's",
    "shortage/insert": "writes",
    "tally/add": "writes",
    "tally/drop": "the fold",
    "tally/keep": "writes",
    "tally/load": "the fold",
    "task/due": "the sweep",
    "task/load": "by id; the flow checks sees_ticket",
    "pause/load": "by id; the flow checks sees_ticket",
    "pause/insert": "writes",
    "ticket/amend": "writes",
    "task/next_due": "the sweep",
    "task/provisional": "a count for the metrics",
    "task/recalculable": "for admins: ids of tickets, in the daemon only",
    "task/save": "writes",
    "task/sweep_lock": "no rows",
    "ticket/erase": "writes",
    "ticket/find_external": "of tickets that arrive with the same number",
    "ticket/insert": "writes",
    "ticket/load": "by id; the flow checks sees_ticket",
    "ticket/old": "retention",
    "ticket/raised": "of tickets that are being erased; the flow checks the scope",
    "ticket/take_external": "writes",
    "ticket/update": "writes",
}


def text_of(name):
    return (SQL / "stmt" / f"{name}.sql").read_text(encoding="utf-8")


def bare(text):
    """Without comments and quoted texts."""
    return re.sub(r"--[^\n]*|'[^']*'", " ", text)


@pytest.fixture(scope="module")
def database():
    """Runs SQL in a migrated database; the rows as lists of texts."""
    superuser = os.environ["TEST_DATABASE"]
    name = f"schema_{secrets.token_hex(4)}"

    def run(text, where=f"{superuser} dbname={name} options='-c search_path={SCHEMA}'"):
        done = subprocess.run(["psql", "-X", "-q", "-A", "-t", "-F", "\t", "-v", "ON_ERROR_STOP=1",
                               "-d", where, "-f", "-"],
                              input=text, capture_output=True, encoding="utf-8", check=False)
        assert done.returncode == 0, done.stderr
        return [line.split("\t") for line in done.stdout.splitlines()]

    run(f"CREATE DATABASE {name} TEMPLATE template0 ENCODING 'UTF8'", superuser)
    migrate(f"{superuser} dbname={name}")
    yield run
    run(f"DROP DATABASE {name} WITH (FORCE)", superuser)


def migrate(url):
    folder = pathlib.Path(os.environ["TEST_BUILD"])
    done = subprocess.run([os.environ["TEST_DAEMON"], "migrate"], capture_output=True,
                          encoding="utf-8", check=False, timeout=60,
                          env={"PATH": os.environ["PATH"], "WHISTLED_DATABASE_URL": url,
                               "WHISTLED_DATABASE_SCHEMA": SCHEMA,
                               "WHISTLED_STATE_DIRECTORY": str(folder / "schema-state")})
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout + done.stderr


def test_migrations_are_numbered_and_carried_out_once(database):
    numbers = [int(file.name[:4]) for file in MIGRATIONS]
    assert numbers == list(range(1, len(numbers) + 1))
    applied = database("SELECT number, name FROM schema_migration ORDER BY number")
    assert [int(number) for number, _ in applied] == numbers
    place = database("SELECT current_database()")[0][0]
    migrate(f"{os.environ['TEST_DATABASE']} dbname={place}")
    assert database("SELECT number, name FROM schema_migration ORDER BY number") == applied


@pytest.mark.parametrize("name", STATEMENTS)
def test_statement_fits_the_schema(database, name):
    """Prepared as the daemon does; its parameters are $1 to $n without a gap, each of a type."""
    rows = database(f"PREPARE it AS {text_of(name)};\n"
                    "SELECT coalesce(array_length(parameter_types, 1), 0), "
                    "coalesce(array_to_string(parameter_types, ' '), '') "
                    "FROM pg_prepared_statements WHERE name = 'it'")
    used = {int(number) for number in re.findall(r"\$(\d+)", bare(text_of(name)))}
    assert used == set(range(1, int(rows[0][0]) + 1))
    known = {"bigint", "boolean", "text", "bytea", "double", "precision", "timestamp", "with", "time",
             "zone"}
    words = set(re.findall(r"[a-z]+", rows[0][1]))
    assert words <= known, f"a type that args cannot send: {rows[0][1]}"


def columns_of(name):
    """The columns of the outermost SELECT or RETURNING list; None where they cannot be counted."""
    text = bare(text_of(name))
    depth, start, end = 0, None, len(text)
    for found in re.finditer(r"[()]|\b(?:SELECT|RETURNING|FROM)\b", text):
        word = found.group()
        depth += {"(": 1, ")": -1}.get(word, 0)
        if depth == 0 and word == "RETURNING":
            start, end = found.end(), len(text)
        elif depth == 0 and word == "SELECT" and start is None and "INSERT" not in text:
            start = found.end()
        elif depth == 0 and word == "FROM" and start is not None and end == len(text):
            end = found.start()
    if start is None:
        return 0
    flat = text[start:end]
    while "(" in flat:
        flat = re.sub(r"\([^()]*\)", "", flat)
    return flat.count(",") + 1


# The C function that reads the rows, and the file it is in; columns are read one after the other.
READERS = {
    "ticket/load": ("daemon/store/dossier_load.c", ["read_ticket"], {}),
    "task/load": ("daemon/store/dossier_load.c", ["read_task", "read_clocks"],
                  {"row_instant(row)": 2 * (3 - 1), "ticket_id": 1, "granted, ratings": 3}),
}


@pytest.mark.parametrize("name", sorted(READERS))
def test_as_many_columns_as_the_daemon_reads(name):
    file, functions, more = READERS[name]
    source = (ROOT / file).read_text(encoding="utf-8")
    read = sum(more.values())  # loops over the three stages; the id that groups the rows
    for function in functions:
        body = re.search(rf"^static void {function}\(.*?^}}", source, re.M | re.S).group()
        read += len(re.findall(r"\brow_(?:int|bool|double|text|bytes|instant|names|word)\(row\b", body))
    assert columns_of(name) == read


def test_keys_of_tickets_begin_with_the_ticket(database):
    rows = database("SELECT t.relname, i.relname, x.indisprimary, a.attname "
                    "FROM pg_index x JOIN pg_class t ON t.oid = x.indrelid "
                    "JOIN pg_class i ON i.oid = x.indexrelid "
                    "JOIN pg_attribute a ON a.attrelid = t.oid AND a.attnum = x.indkey[0] "
                    f"WHERE x.indisunique AND t.relnamespace = '{SCHEMA}'::regnamespace")
    per_ticket = {table for table, in database(
        "SELECT DISTINCT attrelid::regclass FROM pg_attribute JOIN pg_class ON oid = attrelid "
        "WHERE attname = 'ticket_id' AND relkind = 'r'")}
    assert {"ticket", "task", "event", "identity"} <= per_ticket
    elsewhere = {"external_number"}  # uniqueness of another value has a table of its own
    for table, index, primary, first in rows:
        if table in per_ticket - elsewhere:
            assert first == "ticket_id", f"{index} of {table} begins with {first}"
    assert {table for table, _, primary, _ in rows if primary == "t"} >= per_ticket


def test_foreign_keys_are_named_between_tickets_and_not_of_capacity(database):
    rows = database("SELECT conname, conrelid::regclass, confrelid::regclass FROM pg_constraint "
                    f"WHERE contype = 'f' AND connamespace = '{SCHEMA}'::regnamespace")
    assert rows
    for name, table, other in rows:
        assert "capacity" not in (table, other)
        assert re.search(rf"ADD CONSTRAINT {name}\b", "".join(map(pathlib.Path.read_text, MIGRATIONS)))


def test_nothing_acts_by_itself(database):
    """No triggers, rules, sequences, defaults, exclusion constraints or row level security."""
    inside = f"'{SCHEMA}'::regnamespace"
    assert database("SELECT tgname FROM pg_trigger WHERE NOT tgisinternal") == []
    assert database("SELECT rulename FROM pg_rewrite JOIN pg_class ON pg_class.oid = ev_class "
                    f"WHERE relnamespace = {inside}") == []
    assert database(f"SELECT relname FROM pg_class WHERE relnamespace = {inside} "
                    "AND (relkind = 'S' OR relrowsecurity)") == []
    assert database("SELECT adrelid::regclass FROM pg_attrdef") == []
    assert database("SELECT conname FROM pg_constraint WHERE contype = 'x'") == []


FILES = MIGRATIONS + [SQL / "stmt" / f"{name}.sql" for name in STATEMENTS]


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.relative_to(SQL).as_posix())
def test_no_schema_names_clocks_or_chance(file):
    text = bare(file.read_text(encoding="utf-8"))
    for table in re.findall(r"(?<!DISTINCT )\b(?:FROM|JOIN|INTO|UPDATE|TABLE|REFERENCES)\s+([\w.]+)",
                            text):
        assert "." not in table, f"{table} has a schema's name"
    banned = (r"\b(?:now|random|clock_timestamp|statement_timestamp|transaction_timestamp|nextval|"
              r"gen_random_uuid)\s*\(|\b(?:current_timestamp|current_date|localtime|localtimestamp|"
              r"serial|bigserial|trigger|interval)\b")
    assert not re.search(banned, text, re.I)


@pytest.mark.parametrize("name", STATEMENTS)
def test_batches_tell_what_they_did(name):
    text = bare(text_of(name))
    if re.search(r"\bINSERT INTO\b.*\bSELECT\b", text, re.S):
        assert "ON CONFLICT" in text or "RETURNING" in text
    # Up to the end of the part of the statement that it stands in.
    returned = text.rpartition("RETURNING")[2].partition(")")[0] if "RETURNING" in text else ""
    assert not re.search(r"[(|+*/]", returned), "RETURNING lists bare columns"


@pytest.mark.parametrize("name", STATEMENTS)
def test_no_statement_forgets_the_scope(name):
    """What reads tickets for a caller takes the caller's areas, or the unit it speaks for."""
    text = bare(text_of(name))
    reads = re.search(r"\b(?:FROM|JOIN|UPDATE|INTO)\s+(?:ticket|task|event|identity|shortage|"
                      r"external_number|tally|tally_ticket|month_tally|month_time|likeness)\b", text)
    if not reads:
        return
    scoped = (re.search(r"unnest\(\$\d+::text\[\]\) AS scope \(area\)", text) or
              re.search(r"unnest\(string_to_array\(asked\.areas,\s+\)\) AS scope \(area\)", text) or
              re.search(r"\bunit = \$\d+\b(?!\))", text) or
              re.search(r"\bunit = ANY \(\$\d+::text\[\]\)", text))
    assert bool(scoped) != (name in SCOPELESS), "scope it, or say in SCOPELESS why not"


def test_each_lock_has_its_own_number():
    numbers = [number for name in STATEMENTS
               for number in re.findall(r"advisory\w*\((\d+)", text_of(name))]
    assert numbers and len(numbers) == len(set(numbers))


def test_the_exceptions_exist():
    assert set(SCOPELESS) <= set(STATEMENTS)
