"""The commands in the documents are commands, with options that they have; and no option of `synth` is left unsaid."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import click
import pytest

from flowmap.cli import main

REPOSITORY = Path(__file__).parents[1]
PAGES = sorted([REPOSITORY / "README.md", *(REPOSITORY / "docs").rglob("*.md")])
OPTION = re.compile(r"(?<![\w-])--?[a-z][a-z-]*")


def command_lines(page: Path) -> Iterator[str]:
    """What follows `flowmap`, in code set apart (with its indented next lines) and in code within a sentence."""
    text = page.read_text(encoding="utf-8")
    yield from re.findall(r"^    flowmap (.+(?:\n     {5,}.+)*)", text, re.MULTILINE)
    yield from re.findall(r"`flowmap ([^`]+)`", text)


def command_of(line: str) -> tuple[click.Command, str]:
    """The command that a line begins with, and the rest of the line."""
    command: click.Command = main
    words = line.split()
    while words and isinstance(command, click.Group):
        known = command.commands.get(words[0])
        if known is None:
            break
        command = known
        words.pop(0)
    return command, " ".join(words).split("  ")[0]


def options_of(command: click.Command) -> set[str]:
    return {"--help", *(name for each in command.params for name in (*each.opts, *each.secondary_opts))}


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_option_in_a_document_is_one_of_its_command(page: Path) -> None:
    unknown = []
    for line in command_lines(page):
        command, rest = command_of(line)
        if command is main:
            continue
        unknown += [f"{line}: {name}" for name in OPTION.findall(rest) if name not in options_of(command)]
    assert unknown == []


def test_a_made_up_option_would_be_found(tmp_path: Path) -> None:
    page = tmp_path / "page.md"
    page.write_text("    flowmap synth fit LOG\n          --never\n\nor `flowmap check --no` it", encoding="utf-8")
    lines = list(command_lines(page))
    assert [OPTION.findall(command_of(line)[1]) for line in lines] == [["--never"], ["--no"]]
    assert [command_of(line)[0].name for line in lines] == ["fit", "check"]


@pytest.mark.parametrize("name", ["fit", "sample", "explain", "report"])
def test_every_option_of_a_synth_command_is_in_its_document(name: str) -> None:
    said = "".join((REPOSITORY / "docs" / f"synthetic{end}.md").read_text(encoding="utf-8") for end in ("", "-report"))
    command = main.commands["synth"].commands[name]  # type: ignore[attr-defined]
    known = set(OPTION.findall(said)) | options_of(main.commands["check"])  # how files are read
    options = [each.opts for each in command.params if isinstance(each, click.Option)]
    assert [opts for opts in options if not known & set(opts)] == []
