"""One import: files that were dropped, what was found in them, and the one job that is under way."""

from __future__ import annotations

import contextlib
import logging
import shutil
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Any

from flowmap.web.errors import Refusal
from flowmap.web.imports import uploads
from flowmap.web.imports.limits import Limits
from flowmap.web.imports.problems import Problem, make
from flowmap.web.imports.process import Failed, Stopped, Worker
from flowmap.web.imports.uploads import Upload

log = logging.getLogger("flowmap.web")

LOOK_SECONDS = 90


@dataclass
class Job:
    """Something that takes a while: "read", "build" or "demo". `state` is running, done, failed or cancelled."""

    kind: str
    state: str = "running"
    stage: str = ""
    share: float = 0.0
    result: Any = None
    problems: list[Problem] = field(default_factory=list)
    cancel: bool = False
    thread: threading.Thread | None = None

    def to_json(self) -> dict[str, Any]:
        """For the page."""
        return {
            "kind": self.kind,
            "state": self.state,
            "stage": self.stage,
            "share": self.share,
            "result": self.result,
            "problems": self.problems,
        }


IDLE: dict[str, Any] = {"kind": None, "state": "idle", "stage": "", "share": 0.0, "result": None, "problems": []}


class Session:
    """An import under way. `dataset` is the name of the dataset that it will replace; None: it will be a new one."""

    def __init__(self, identity: str, folder: Path, limits: Limits, dataset: str | None) -> None:
        self.id = identity
        self.folder = folder
        self.limits = limits
        self.dataset = dataset
        self.files: dict[str, Upload] = {}
        self.job: Job | None = None
        self.found: dict[str, Any] | None = None
        self.touched = time.monotonic()
        self._lock = threading.RLock()
        self._worker = Worker()

    @property
    def busy(self) -> bool:
        """Whether a job is under way."""
        return self.job is not None and self.job.state == "running"

    def to_json(self) -> dict[str, Any]:
        """For the page."""
        return {
            "id": self.id,
            "dataset": self.dataset,
            "limits": self.limits.to_json(),
            "files": [upload.to_json() for upload in self.files.values()],
            "found": self.found,
            "job": self.job.to_json() if self.job else IDLE,
        }

    def add(self, name: str, size: int) -> Upload:
        """A place for a file. Raises: Refusal 400, 409, 413, 507."""
        with self._lock:
            self._check_idle()
            name = uploads.shown_name(name)
            uploads.check_room(list(self.files.values()), size, self.limits, self.folder)
            taken = {upload.name for upload in self.files.values()}
            shown, number = name, 2
            while shown in taken:
                shown, number = f"{name} ({number})", number + 1
            identity, path = uploads.place(self.folder, name)
            upload = self.files[identity] = Upload(identity, shown, size, path, given=name)
            self.found = None
            self._worker.warm()
            return upload

    def file(self, identity: str) -> Upload:
        """A file by its id. Raises: Refusal 404."""
        if identity not in self.files:
            raise Refusal(404, "There is no such file in this import.", "file", "It may have been removed.")
        return self.files[identity]

    def receive(self, upload: Upload, offset: int, stream: IO[bytes]) -> None:
        """Store a piece of a file; once it is all there, look at it, or let it go where it was there already.

        Raises: Refusal 409, 413, 507.
        """
        try:
            with self._lock:
                uploads.append(upload, offset, stream)
        except Refusal:
            if upload.received == 0:
                self.remove(upload.id)
            raise
        if not upload.complete:
            return
        same = uploads.same_as(upload, list(self.files.values()))
        if same is None:
            self.look(upload)
        else:
            upload.already = same.name
            self.remove(upload.id)

    def look(self, upload: Upload) -> None:
        """Recognise a file (anew, where choices were made), in a process of its own."""
        command = {"do": "look", **upload.command()}
        try:
            upload.seen = self._worker.ask(command, lambda *_: None, LOOK_SECONDS)
        except (Failed, Stopped) as error:
            problems = error.problems if isinstance(error, Failed) else []
            unseen: dict[str, Any] = dict.fromkeys(("format", "label", "why", "preview"))
            upload.seen = {
                **unseen,
                "plain": False,
                "council": False,
                "columns": [],
                "guess": {},
                "problem": next(iter(problems), None),
            }

    def choose(self, upload: Upload, options: dict[str, Any]) -> None:
        """Make choices for a plain table, and look again. Raises: Refusal 409."""
        with self._lock:
            self._check_idle()
            upload.options = options
            self.found = None
        self.look(upload)

    def remove(self, identity: str) -> None:
        """Take a file away, from disk as well. Raises: Refusal 404, 409."""
        with self._lock:
            self._check_idle()
            upload = self.file(identity)
            del self.files[identity]
            with contextlib.suppress(PermissionError):  # Windows, while it is looked at: it goes with the import
                upload.path.unlink(missing_ok=True)
            self.found = None

    def commands(self) -> list[dict[str, Any]]:
        """The files, for the process that reads them. Raises: Refusal 409 where there are none, or one is not whole."""
        if not self.files:
            raise Refusal(409, "There is no file yet.", None, "Bring one in first.")
        missing = next((upload.name for upload in self.files.values() if not upload.complete), None)
        if missing is not None:
            raise Refusal(409, f"{missing} has not arrived yet.", None, "Wait until it has, or remove it.")
        return [upload.command() for upload in self.files.values()]

    def begin(
        self, kind: str, command: dict[str, Any], done: Callable[[Any], Any], ended: Callable[[str], Any] | None = None
    ) -> Job:
        """Start a job. `done` makes its result of the process's; `ended` is told the state of one that did not succeed
        and may know better (gives a result where it did succeed after all). Raises: Refusal 409.
        """
        with self._lock:
            self._check_idle()
            job = self.job = Job(kind)
            job.thread = threading.Thread(
                target=self._run, args=(job, command, done, ended), name=f"import-{kind}", daemon=True
            )
            job.thread.start()
            return job

    def _run(self, job: Job, command: dict[str, Any], done: Any, ended: Any) -> None:
        def told(stage: str, share: float) -> None:
            job.stage, job.share = stage, share

        state = "failed"
        try:
            if job.cancel:
                state = "cancelled"
            else:
                job.result = done(self._worker.ask(command, told))
                state = "done"
        except Stopped:
            state = "cancelled"
        except Failed as failed:
            job.problems = failed.problems
        except Refusal as refusal:
            job.problems = [make(refusal.message, refusal.remedy)]
        except Exception as error:
            log.exception("an import failed")
            job.problems = [make(f"A fault of the program ({type(error).__name__}).", "It is in the server's log.")]
        if state != "done" and ended is not None:
            found = ended(state)
            if found is not None:
                job.result, job.problems, state = found, [], "done"
        job.share = 1.0 if state == "done" else job.share
        self.touched = time.monotonic()
        job.state = state

    def cancel(self) -> None:
        """Stop the job that is under way, and wait until it is gone."""
        job = self.job
        if job is None or job.thread is None:
            return
        job.cancel = True
        while job.thread.is_alive():
            self._worker.stop()
            job.thread.join(0.2)

    def forget_files(self) -> None:
        """Delete the files from disk: they have become a dataset."""
        self._worker.stop()
        self.files.clear()
        self.found = None
        shutil.rmtree(self.folder, ignore_errors=True)

    def close(self) -> None:
        """End everything, and delete all that was given."""
        self.cancel()
        self.forget_files()

    def _check_idle(self) -> None:
        if self.busy:
            raise Refusal(409, "Something is under way in this import.", None, "Wait until it is done, or cancel it.")
