"""A year's SSDA903 return as one XML file (`EXPSSDA903 > CHILD > HEADER, EPISODE*`)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from xml.sax.saxutils import escape

import pandas as pd

HEADER = ("CHILDID", "UPN", "SEX", "DOB", "ETHNIC", "UASC", "DUC")
HEADER_END = ("MOTHER", "MC_DOB")
PLACED = ("DATE_PLACED", "DATE_PLACED_CEASED", "REASON_PLACED_CEASED")
EPISODE = (
    *("DECOM", "RNE", "LS", "CIN", "PL", "PL_POST", "HOME_POST", "URN", "PLACE_PROVIDER", "DEC", "REC"),
    "REASON_PLACE_CHANGE",
)


def write_xml(lists: Mapping[str, pd.DataFrame], folder: Path, year: int) -> Path:
    """`folder/903_2015.xml` from the lists of the CSV set; returns its path."""
    folder.mkdir(parents=True, exist_ok=True)
    header = lists["Header"].rename(columns={"CHILD": "CHILDID"}).reset_index(drop=True)
    seeking = lists["UASC"].set_index("CHILD")["DUC"]
    header["UASC"] = header["CHILDID"].isin(seeking.index).map({True: "1", False: "0"})
    header["DUC"] = seeking.reindex(header["CHILDID"]).fillna("").to_numpy()
    children = header["CHILDID"]
    placed = _by_child(lists["PlacedAdoption"], "AD_PLACED", PLACED, children)
    episodes = _by_child(lists["Episodes"].rename(columns={"PLACE": "PL"}), "EPISODE", EPISODE, children)
    texts = "<CHILD><HEADER>" + _elements(header, HEADER) + _elements(header, HEADER_END)
    texts = texts + placed + "</HEADER>" + episodes + "</CHILD>\n"
    path = folder / f"903_{year}.xml"
    body = "".join(texts.tolist())
    path.write_text(f'<?xml version="1.0" encoding="UTF-8"?>\n<EXPSSDA903>\n{body}</EXPSSDA903>\n', encoding="utf-8")
    return path


def _by_child(rows: pd.DataFrame, tag: str, names: Sequence[str], children: pd.Series) -> pd.Series:
    """The rows of each child as elements, one after the other."""
    if rows.empty:
        return pd.Series("", index=children.index)
    texts = f"<{tag}>" + _elements(rows, names) + f"</{tag}>"
    return children.map(texts.groupby(rows["CHILD"], sort=False).agg("".join)).fillna("")


def _elements(rows: pd.DataFrame, names: Sequence[str]) -> pd.Series:
    """`<A>..</A><B/>` for each row; blank values are empty elements, as case systems write them."""
    found = pd.Series("", index=rows.index, dtype=object)
    for name in names:
        values = rows[name].fillna("").astype(str)
        made = {v: f"<{name}>{escape(v)}</{name}>" if v else f"<{name}/>" for v in values.unique()}
        found = found + values.map(made)
    return found
