"""YAML text → plain dicts, lists and strings, remembering the line of everything.

Scalars stay text (`label: 47`, `label: No`), because what they mean depends on the field. Anchors, aliases, tags and
deep nesting are refused: a map needs none of them, and they are how a small file becomes a huge one.
"""

from __future__ import annotations

import yaml

from .model import MapProblem

Tree = dict[str, "Tree"] | list["Tree"] | str | None
Place = tuple[str | int, ...]

LARGEST = 1_000_000  # characters
DEEPEST = 12


class Lines(dict[Place, int]):
    """Line numbers by place in the tree; an unknown place answers with its nearest known parent."""

    def at(self, *place: str | int) -> int | None:
        for length in range(len(place), -1, -1):
            if place[:length] in self:
                return self[place[:length]]
        return None


def read_tree(text: str) -> tuple[Tree, Lines, list[MapProblem]]:
    """Parse `text`; what is wrong comes back as problems, with as much of the tree as could be read."""
    lines = Lines()
    problem = _unsafe(text)
    if problem:
        return None, lines, [problem]
    problems: list[MapProblem] = []
    node = yaml.compose(text, yaml.SafeLoader)
    tree = _plain(node, (), lines, problems) if node is not None else None
    return tree, lines, problems


def _unsafe(text: str) -> MapProblem | None:
    """What stops the text being read at all, found from its events without building anything."""
    if len(text) > LARGEST:
        return MapProblem(None, f"The file has {len(text):,} characters.", "A map has a few thousand; is this a map?")
    depth = documents = 0
    try:
        for event in yaml.parse(text, yaml.SafeLoader):
            line = event.start_mark.line + 1 if event.start_mark else None
            if isinstance(event, yaml.AliasEvent) or getattr(event, "anchor", None):
                return MapProblem(line, "Anchors (&) and aliases (*) are not used in maps.", "Write the value out.")
            documents += isinstance(event, yaml.DocumentStartEvent)
            if documents > 1:
                return MapProblem(line, "A second document begins here.", "Keep one map in a file; remove the ---.")
            depth += isinstance(event, yaml.CollectionStartEvent) - isinstance(event, yaml.CollectionEndEvent)
            if depth > DEEPEST:
                return MapProblem(line, "This is nested too deeply.", "A map is at most four levels deep.")
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        what = " ".join(str(part) for part in (error.context, error.problem) if part)
        return MapProblem(mark.line + 1 if mark else None, f"This is not YAML: {what}.",
                          "Look for a missing bracket, quote, comma or colon here or just above.")  # fmt: skip
    except yaml.YAMLError as error:
        return MapProblem(None, f"This is not text: {error}.", "Save the map as plain UTF-8 text.")
    return None


def _plain(node: yaml.Node, place: Place, lines: Lines, problems: list[MapProblem]) -> Tree:
    lines.setdefault(place, node.start_mark.line + 1)
    if isinstance(node, yaml.SequenceNode):
        return [_plain(item, (*place, i), lines, problems) for i, item in enumerate(node.value)]
    if isinstance(node, yaml.MappingNode):
        return _mapping(node, place, lines, problems)
    if node.tag == "tag:yaml.org,2002:null":
        return None
    return str(node.value)


def _mapping(node: yaml.MappingNode, place: Place, lines: Lines, problems: list[MapProblem]) -> dict[str, Tree]:
    found: dict[str, Tree] = {}
    for key, value in node.value:
        line = key.start_mark.line + 1
        if not isinstance(key, yaml.ScalarNode):
            problems.append(MapProblem(line, "A name here is a list or a mapping.", "Use a plain word."))
            continue
        name = str(key.value)
        if name in found:
            first = lines.at(*place, name)
            problems.append(
                MapProblem(line, f'"{name}" is written twice; the first is on line {first}.', "Remove or rename one.")
            )
            continue
        lines[(*place, name)] = line
        found[name] = _plain(value, (*place, name), lines, problems)
    return found
