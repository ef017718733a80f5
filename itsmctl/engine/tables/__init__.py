"""A dataset as the tables that checks select from: integer keys, epoch seconds, codes of the definitions."""

from __future__ import annotations

from itsmctl.engine.session import Session, exported
from itsmctl.engine.soundness import check_tables
from itsmctl.engine.tables.codes import create_codes
from itsmctl.engine.tables.files import TABLE_FILES, check_files, create_sources
from itsmctl.engine.tables.gaps import create_broken, create_lacking, create_lost, create_silent
from itsmctl.engine.tables.histories import create_approval, create_event, restore
from itsmctl.engine.tables.links import create_link
from itsmctl.engine.tables.loading import Loading
from itsmctl.engine.tables.records import create_kept, create_record
from itsmctl.engine.tables.spellings import with_spellings

_NARROW = 0.9
"""The share of all records from which on it is not worth while to name those of one process."""


def load_tables(session: Session, loading: Loading) -> None:
    """Create `kept`, `record`, `event`, `state_word`, `approval`, `link`, `reject`, `source_file`, `every_number` and `broken`.

    Records opened after `as_of`, or not alive in the period, are left out, and so is all that hangs on them; a record
    without a moment of opening stays, as no period can claim it, and so does one that was opened after the export was
    made, which is an error to be found. Where `as_of` lies before the export, what happened in between is forgotten:
    moments become empty, and columns with a history are what they were. `broken` are records whose history has a gap;
    `every_number` are the ids and numbers of all that the export holds, also of the records that are left out; `every_event`
    and `every_approval` are those tables whole, where a rule is told only of those of its own process.
    """
    told = check_files(session, loading.folder)
    check_tables(session, loading.folder, TABLE_FILES)
    create_sources(session, loading, told)
    loading = with_spellings(session, loading)
    create_codes(session, loading)
    create_kept(session, loading)
    with session.beside(lambda other: create_event(other, loading), large=True):
        create_record(session, loading)
        create_approval(session, loading)
        session.run(f"CREATE TABLE reject AS SELECT * FROM {exported(loading.folder, 'reject')}")
        create_lacking(session, loading)
        session.run(f"CREATE VIEW every_number AS SELECT record_id, number FROM {exported(loading.folder, 'record')}")
        create_lost(session)
        session.run(
            "CREATE TABLE source_file (name VARCHAR, rows_read BIGINT, rows_imported BIGINT, rows_rejected BIGINT)"
        )
        session.insert("source_file", ("name", "rows_read", "rows_imported", "rows_rejected"), loading.files)
    for table in ("event", "approval"):
        session.run(f"CREATE VIEW every_{table} AS SELECT * FROM {table}")
    if loading.as_of < loading.exported_at:
        restore(session, loading)
    with session.beside(lambda other: create_link(other, loading), large=True):
        create_silent(session, loading)
        create_broken(session, loading)


def filled_tables(session: Session) -> frozenset[str]:
    """`approval`, where that table holds anything."""
    return frozenset({"approval"} if session.rows("SELECT 1 FROM approval LIMIT 1") else ())


def exported_processes(session: Session) -> frozenset[str]:
    """The processes of which the export holds records, in the period or not."""
    return frozenset(str(process) for (process,) in session.rows("SELECT process FROM exported_process"))


def reach_of_processes(session: Session) -> dict[str, tuple[int, int]]:
    """The first and last number of the records of each process, where they leave out a good part of all."""
    rows = session.rows("SELECT process, min(tix), max(tix) FROM record GROUP BY process")
    reach = {str(process): (int(str(first)), int(str(last))) for process, first, last in rows}
    whole = max((last for _, last in reach.values()), default=0) - min(
        (first for first, _ in reach.values()), default=0
    )
    return {process: (first, last) for process, (first, last) in reach.items() if last - first < _NARROW * whole}
