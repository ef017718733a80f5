"""What is fuzzed: any bytes, read as an export, give records and rejects that add up, or one refusal with its reason."""

from __future__ import annotations

import shutil
from pathlib import Path

from itsmctl.engine.session import Session
from itsmctl.errors import ItsmctlError
from itsmctl.importers.container import unpack
from itsmctl.importers.export import RAW, REJECT, Export, create_reject
from itsmctl.importers.opening import ImportOptions, open_file, stage
from itsmctl.suggestion import NOTHING_KNOWN


class Reader:
    """Reads any bytes as an export, over and over, in one database and one folder."""

    def __init__(self, folder: Path) -> None:
        self._file, self._scratch = folder / "export", folder / "files"
        self._session = Session(threads=1)

    def read(self, data: bytes) -> tuple[int, int, int]:
        """Rows read, kept and set aside, of all tables; raises ItsmctlError where the whole file is refused."""
        shutil.rmtree(self._scratch, ignore_errors=True)
        self._scratch.mkdir()
        self._file.write_bytes(data)
        totals = (0, 0, 0)
        for plain in unpack(self._file, self._scratch):
            for export in open_file(self._session, plain, self._scratch, ImportOptions()):
                totals = tuple(a + b for a, b in zip(totals, self._staged(export), strict=True))  # type: ignore[assignment]
        return totals

    def _staged(self, export: Export) -> tuple[int, int, int]:
        for table in (RAW, REJECT):
            self._session.run(f"DROP TABLE IF EXISTS {table}")
        create_reject(self._session)
        (rows,) = stage(self._session, [export], NOTHING_KNOWN, self._scratch).rows_read
        kept, lost = self._session.one(f"SELECT (SELECT count(*) FROM {RAW}), (SELECT count(*) FROM {REJECT})")
        return rows, int(str(kept)), int(str(lost))

    def check(self, data: bytes) -> bool:
        """Whether there were rows; anything but a balance or a refusal with its reason is a finding."""
        try:
            rows, kept, lost = self.read(data)
        except ItsmctlError as refused:
            assert refused.problems
            assert all(str(problem) for problem in refused.problems)
            return False
        assert rows == kept + lost, (rows, kept, lost)
        return True
