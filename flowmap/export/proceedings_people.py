"""People who do not exist, for files that must name children: surnames as uneven as real ones, siblings alike."""

from __future__ import annotations

import itertools

import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa

Texts = npt.NDArray[np.object_]

# About how many of 10,000 people have the name; of the rest each is rare. The order of size is that of England's
# commonest surnames, with those of families from South Asia as common as in many councils.
COMMON = {
    "Smith": 120, "Jones": 90, "Taylor": 65, "Brown": 62, "Williams": 60, "Khan": 60, "Patel": 55, "Ali": 48,
    "Hussain": 46, "Ahmed": 42, "Wilson": 42, "Johnson": 42, "Davies": 42, "Begum": 36, "Kaur": 34, "Singh": 34,
    "Robinson": 33, "Wright": 33, "Thompson": 33, "Evans": 33, "Walker": 31, "White": 31, "Roberts": 31, "Green": 29,
    "Hall": 29, "Wood": 28, "Jackson": 28, "Clarke": 26, "Clark": 18, "Harris": 25, "Lewis": 25, "Martin": 24,
    "Cooper": 24, "King": 23, "Ward": 23, "Hughes": 22, "Turner": 22, "Hill": 22, "Moore": 20, "Baker": 20,
    "Akhtar": 18, "Mahmood": 18, "Bibi": 18, "Shah": 18, "Malik": 16, "Rahman": 16, "Miah": 14, "Islam": 14,
    "Phillips": 14, "Philips": 3, "Stephens": 9, "Stevens": 9, "Reid": 9, "Reed": 8, "Allan": 4, "Allen": 18,
    "O'Brien": 9, "O'Connor": 8, "O'Neill": 8, "McDonald": 9, "MacDonald": 6, "McCarthy": 7, "St John": 2,
    "Nowak": 8, "Kowalski": 5, "Wiśniewska": 3, "Núñez": 3, "García": 4, "Müller": 2, "Adeyemi": 6, "Okafor": 6,
    "Mensah": 5, "Osei": 5, "Nguyen": 7, "Chen": 7, "Wong": 6, "Li": 6, "Da Silva": 5, "Van Dijk": 1,
}  # fmt: skip
BEGINNINGS_WORDS = (
    "Ash Beck Black Brad Brook Burn Bux Cald Carl Chad Clay Cop Cran Dal Dun East Elder Fair Fen Fox Glad Gold "
    "Green Had Hart Hazel Hem Hol Hurst Kel Kirk Lang Lin Mar Med Mel Nor Oak Par Pem Rad Red Rip Rush Sand "
    "Shel Stan Stock Sut Thorn Tre Under Wal West Whit Win Wood Wor"
)
BEGINNINGS = BEGINNINGS_WORDS.split()
ENDINGS_WORDS = (
    "bury by combe cote cott croft dale den field ford gate ham hurst land ley lock low man mere moor more "
    "ridge row sey shaw smith son stead ston ter ton vale wardine well wick win wood worth"
)
ENDINGS = ENDINGS_WORDS.split()
GIRLS_WORDS = (
    "Olivia Amelia Isla Ava Ivy Freya Lily Florence Mia Willow Rosie Sophia Isabella Grace Daisy Sienna Poppy "
    "Elsie Emily Ella Evelyn Phoebe Evie Charlotte Harper Millie Matilda Maya Sophie Alice Emilia Isabelle "
    "Ruby Luna Maisie Aria Penelope Mila Bonnie Eva Hallie Aisha Fatima Zara Maryam Hannah Jessica Chloe "
    "Chelsea Jade Kayleigh"
)
GIRLS = GIRLS_WORDS.split()
BOYS_WORDS = (
    "Noah Oliver George Arthur Muhammad Leo Harry Oscar Archie Henry Theodore Freddie Jack Charlie Theo Alfie "
    "Jacob Thomas Finley Arlo William Lucas Roman Tommy Isaac Teddy Alexander Luca Edward James Joshua Albie "
    "Elijah Max Mohammed Reuben Mason Sebastian Rory Jude Louie Benjamin Ethan Adam Hugo Ibrahim Yusuf Kai "
    "Liam Jayden Tyler"
)
BOYS = BOYS_WORDS.split()
SHARE_SURNAME = 0.88  # of siblings
DOUBLE = 0.04  # of families
TWO_SLIPS, FIRST_LETTER = 0.15, 0.03  # of misspelt names
HEAD = 0.62  # of people who have a surname of COMMON; the others' are rare


def fake_identities(person: pa.Table, seed: int = 1) -> pd.DataFrame:
    """A name for every child of a `person` table: child, surname, forename, initials, birth (ISO text), sex.

    Children of one `family` mostly share a surname. The same seed gives the same names.
    """
    frame = person.select(["child", "birth", "sex", "family"]).to_pandas().drop_duplicates("child", ignore_index=True)
    draw = np.random.default_rng(seed)
    family = pd.factorize(frame["family"].fillna(frame["child"]))[0]
    of_family, of_child = surnames(family.max(initial=0) + 1, draw), surnames(len(frame), draw)
    surname = np.where(draw.random(len(frame)) < SHARE_SURNAME, of_family[family], of_child)
    sex = np.where(frame["sex"].isin(["F", "M"]), frame["sex"], draw.choice(["F", "M"], len(frame)))
    forename = np.where(sex == "F", _forenames(GIRLS, len(frame), draw), _forenames(BOYS, len(frame), draw))
    middle = np.where(draw.random(len(frame)) < 0.6, draw.choice(list("ABCDEGJKLMNRST"), len(frame)), "")
    return pd.DataFrame(
        {
            "child": frame["child"],
            "surname": surname,
            "forename": forename,
            "initials": pd.Series(forename, dtype=object).str[:1] + middle,
            "birth": frame["birth"].dt.strftime("%Y-%m-%d").fillna(""),
            "sex": sex,
        }
    )


def surnames(size: int, draw: np.random.Generator) -> Texts:
    """So many surnames, drawn as they are spread in England; a few are double-barrelled."""
    names = np.array([*COMMON, *(a + b for a, b in itertools.product(BEGINNINGS, ENDINGS))], dtype=object)
    head = np.array(list(COMMON.values()), dtype=float)
    tail = 1 / np.arange(10, 10 + len(names) - len(head)) ** 0.6
    draw.shuffle(tail)
    weights = np.concatenate([HEAD * head / head.sum(), (1 - HEAD) * tail / tail.sum()])
    found: Texts = draw.choice(names, size, p=weights)
    double = draw.random(size) < DOUBLE
    found[double] = found[double] + "-" + draw.choice(names, int(double.sum()), p=weights)
    return found


def _forenames(names: list[str], size: int, draw: np.random.Generator) -> Texts:
    weights = 1 / np.arange(5, 5 + len(names))
    return draw.choice(np.array(names, dtype=object), size, p=weights / weights.sum())


def misspelt(name: str, draw: np.random.Generator) -> str:
    """A surname as a hurried clerk writes it: letters lost, doubled, changed round, or as they sound."""
    slips = [_lost, _doubled, _changed_round, _neighbour, _by_sound, _by_sound]
    if "-" in name:
        slips += [_half, _half]
    made = name
    wanted = 2 if draw.random() < TWO_SLIPS else 1
    for _ in range(20):
        if wanted == 0:
            break
        other = slips[int(draw.integers(len(slips)))](made, draw)
        if other not in (made, name) and len(other) > 1:
            made, wanted = other, wanted - 1
    if draw.random() < FIRST_LETTER or made == name:
        made = chr(ord("A") + int(draw.integers(26))) + made[1:] if made != name else name + "e"
    return made


def _place(name: str, draw: np.random.Generator) -> int:
    return int(draw.integers(1, max(len(name), 2)))


def _lost(name: str, draw: np.random.Generator) -> str:
    at = _place(name, draw)
    return name[:at] + name[at + 1 :]


def _doubled(name: str, draw: np.random.Generator) -> str:
    at = _place(name, draw)
    return name[:at] + name[at - 1 : at].lower() + name[at:]


def _changed_round(name: str, draw: np.random.Generator) -> str:
    at = min(_place(name, draw), len(name) - 2)
    return name if at < 1 else name[:at] + name[at + 1] + name[at] + name[at + 2 :]


def _neighbour(name: str, draw: np.random.Generator) -> str:
    at = _place(name, draw)
    keys = {
        "a": "s",
        "e": "r",
        "i": "o",
        "o": "i",
        "n": "m",
        "m": "n",
        "s": "d",
        "t": "y",
        "l": "k",
        "r": "e",
        "u": "i",
    }
    return name[:at] + keys.get(name[at : at + 1], "e") + name[at + 1 :]


def _by_sound(name: str, draw: np.random.Generator) -> str:
    sounds = [("ph", "f"), ("ie", "ei"), ("ei", "ie"), ("y", "ie"), ("ck", "k"), ("th", "t"), ("gh", "g"), ("ow", "oe"),
              ("ai", "ay"), ("ea", "ee"), ("i", "y"), ("c", "k"), ("u", "oo"), ("son", "sen"), ("ey", "y")]  # fmt: skip
    fits = [(a, b) for a, b in sounds if a in name[1:]]
    if not fits:
        return name
    a, b = fits[int(draw.integers(len(fits)))]
    return name[0] + name[1:].replace(a, b, 1)


def _half(name: str, draw: np.random.Generator) -> str:
    halves = name.split("-")
    return halves[int(draw.integers(len(halves)))]
