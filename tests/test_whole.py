"""Output is whole or not there: what was there before stays when writing fails."""

from __future__ import annotations

import os
import subprocess
import sys
from contextlib import AbstractContextManager
from pathlib import Path

import pytest

from flowmap import whole
from flowmap.quality import OptionError


def everything(folder: Path) -> list[str]:
    return sorted(str(path.relative_to(folder)) for path in folder.rglob("*"))


def write_half(output: AbstractContextManager[Path], name: str, failure: type[BaseException]) -> None:
    with output as part:
        (part / name).parent.mkdir(exist_ok=True)
        (part / name).write_text("half", encoding="utf-8")
        raise failure("enough")


def test_a_file_takes_its_name_when_it_is_finished_and_not_before(tmp_path: Path) -> None:
    target = tmp_path / "new" / "log.csv"
    with whole.file(target) as part:
        part.write_text("one", encoding="utf-8")
        assert not target.exists()
        assert part.name == "log.csv"
    assert target.read_text(encoding="utf-8") == "one"
    assert everything(tmp_path) == ["new", "new/log.csv"]


@pytest.mark.parametrize("failure", [ValueError, KeyboardInterrupt])
def test_what_was_there_stays_when_writing_is_broken_off(tmp_path: Path, failure: type[BaseException]) -> None:
    target = tmp_path / "log.csv"
    target.write_text("before", encoding="utf-8")
    with pytest.raises(failure):
        write_half(whole.file(target), "", failure)
    assert target.read_text(encoding="utf-8") == "before"
    assert everything(tmp_path) == ["log.csv"]


def test_folders_made_for_a_file_that_failed_are_gone_again(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="enough"):
        write_half(whole.file(tmp_path / "a" / "b" / "log.csv"), "", ValueError)
    assert everything(tmp_path) == []


@pytest.mark.skipif(os.name == "nt", reason="rights are other there")
def test_a_file_written_over_keeps_its_rights_and_a_link_stays_a_link(tmp_path: Path) -> None:
    target, link = tmp_path / "log.csv", tmp_path / "link.csv"
    target.write_text("before", encoding="utf-8")
    target.chmod(0o640)
    link.symlink_to(target)
    with whole.file(link) as part:
        part.write_text("after", encoding="utf-8")
    assert link.is_symlink()
    assert (target.read_text(encoding="utf-8"), target.stat().st_mode & 0o777) == ("after", 0o640)


@pytest.mark.skipif(not Path("/dev/null").exists(), reason="no such device there")
def test_a_device_is_written_to_and_stays_one() -> None:
    whole.check(Path("/dev/null"))
    with whole.file(Path("/dev/null")) as part:
        part.write_text("gone", encoding="utf-8")
    assert Path("/dev/null").is_char_device()


def test_a_folder_is_filled_at_the_end_and_what_else_is_in_it_stays(tmp_path: Path) -> None:
    target = tmp_path / "files"
    for text in ("one", "two"):
        with whole.folder(target) as part:
            (part / "2016").mkdir()
            (part / "2016" / "list.csv").write_text(text, encoding="utf-8")
        assert (target / "2016" / "list.csv").read_text(encoding="utf-8") == text
        (target / "notes.txt").write_text("mine", encoding="utf-8")
    with pytest.raises(ValueError, match="enough"):
        write_half(whole.folder(target), "2016/list.csv", ValueError)
    assert (target / "2016" / "list.csv").read_text(encoding="utf-8") == "two"
    assert everything(tmp_path) == ["files", "files/2016", "files/2016/list.csv", "files/notes.txt"]


def test_what_cannot_be_written_is_refused_at_the_start(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("before", encoding="utf-8")
    with pytest.raises(OptionError, match="is a folder"):
        whole.check(tmp_path)
    with pytest.raises(OptionError, match="is a file"):
        whole.check(tmp_path / "file", folder=True)
    with pytest.raises(OptionError, match="cannot be written"):
        whole.check(tmp_path / "file" / "log.csv")
    with pytest.raises(OptionError, match="what is read"):
        whole.check(tmp_path / "file", sources=["nowhere.csv", tmp_path / "." / "file"])
    whole.check(tmp_path / "file")
    whole.check(tmp_path / "new" / "files", folder=True)
    assert everything(tmp_path) == ["file"]


SMALL_DISK = """
import resource, signal, sys
from pathlib import Path
from flowmap import whole
from flowmap.quality import OptionError
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
resource.setrlimit(resource.RLIMIT_FSIZE, (1000, 1000))
try:
    with whole.file(Path(sys.argv[1])) as part:
        part.write_bytes(b"x" * 5000)
except OptionError as error:
    print(error)
"""


@pytest.mark.skipif(os.name == "nt", reason="there is no such limit there")
def test_a_disk_that_is_full_half_way_is_a_message_and_leaves_what_was_there(tmp_path: Path) -> None:
    target = tmp_path / "log.csv"
    target.write_text("before", encoding="utf-8")
    said = subprocess.run([sys.executable, "-c", SMALL_DISK, target], capture_output=True, text=True, check=True).stdout
    assert "log.csv cannot be written: File too large." in said
    assert target.read_text(encoding="utf-8") == "before"
    assert everything(tmp_path) == ["log.csv"]
